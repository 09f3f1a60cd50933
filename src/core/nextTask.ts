/**
 * Lets messages in between two pieces of synchronous work. A message to oneself: browsers slow timers down
 * in hidden tabs, and clamp nested ones, but not this.
 */

export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
