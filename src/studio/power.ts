/** Keeps the machine awake while it trains, and tells when it runs on its battery. */

export interface PowerService {
  /** @returns to be called when the work is done */
  keepAwake(): () => void;
  /** Told at once and with every change; never where the browser does not say. */
  watchBattery(listener: (onBattery: boolean) => void): void;
}

interface Battery extends EventTarget {
  readonly charging: boolean;
}

type WithBattery = Navigator & { getBattery?: () => Promise<Battery> };

export function browserPower(): PowerService {
  return {
    keepAwake() {
      let wanted = true;
      let held: WakeLockSentinel | null = null;
      const ask = async () => {
        if (!wanted || document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
        try {
          held = await navigator.wakeLock.request('screen');
          if (!wanted) await held.release();
        } catch (error) {
          // Refused on a low battery or by a policy: the run goes on until the machine sleeps by itself.
          if (!(error instanceof DOMException)) throw error;
        }
      };
      // The browser takes it back when the tab is hidden.
      const onVisible = () => void ask();
      document.addEventListener('visibilitychange', onVisible);
      void ask();
      return () => {
        wanted = false;
        document.removeEventListener('visibilitychange', onVisible);
        void held?.release();
      };
    },
    watchBattery(listener) {
      const browser: WithBattery = navigator;
      void browser.getBattery?.().then((battery) => {
        const tell = () => listener(!battery.charging);
        battery.addEventListener('chargingchange', tell);
        tell();
      });
    },
  };
}
