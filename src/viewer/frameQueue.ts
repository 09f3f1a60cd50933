/** How many frames the GPU still has to draw: a page that hands it more than it can do is blocked by the browser. */

/** One is being drawn while the next is prepared. */
const MOST = 2;

export class FrameQueue {
  private readonly gl: WebGL2RenderingContext;
  private fences: WebGLSync[] = [];

  constructor(gl: WebGL2RenderingContext) {
    this.gl = gl;
  }

  /** Call it after a frame was handed over. */
  add(): void {
    const { gl } = this;
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    // Without this the fence may wait for the next frame, which waits for it.
    gl.flush();
    if (fence !== null) this.fences.push(fence);
  }

  /** The GPU is behind: another frame would only wait. */
  get full(): boolean {
    const { gl } = this;
    // A lost context says nothing of its fences; those count as passed.
    const waiting = (fence: WebGLSync) => gl.getSyncParameter(fence, gl.SYNC_STATUS) === gl.UNSIGNALED;
    const passed = this.fences.filter((fence) => !waiting(fence));
    for (const fence of passed) gl.deleteSync(fence);
    this.fences = this.fences.filter((fence) => !passed.includes(fence));
    return this.fences.length >= MOST;
  }
}
