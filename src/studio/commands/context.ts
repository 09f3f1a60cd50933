/** What the command groups share: the store, the outside world, messages to the user. */

import type { EngineClient } from '../../engine/client.ts';
import type { FileStore } from '../../io/fileStore.ts';
import type { ShareClient } from '../../share/client.ts';
import type { Handover } from '../handover.ts';
import type { PageLocation } from '../location.ts';
import type { NoticeText } from '../notices.ts';
import type { PowerService } from '../power.ts';
import type { FetchFile } from '../siteFiles.ts';
import type { LogLine, Scan, StudioState } from '../state.ts';
import type { PreferenceStorage, ShareListStorage, StorageService } from '../storage.ts';
import type { WritableStore } from '../store.ts';

/** What Share mode needs of the outside world. */
export interface ShareServices {
  readonly client: ShareClient;
  /** Address of the page's folder, ending in "/": links begin with it. */
  readonly base: string;
  readonly list: ShareListStorage;
  readonly handover: Handover;
}

/** The outside world, so that tests can put a small one in its place. */
export interface StudioServices {
  startEngine(): EngineClient;
  readonly fetchFile: FetchFile;
  readonly preferences: PreferenceStorage;
  readonly location: PageLocation;
  /** What the page keeps: labels, models, runs. */
  readonly files: FileStore;
  readonly storage: StorageService;
  readonly power: PowerService;
  readonly share: ShareServices;
  /** Hands a file to the user: the browser's download. */
  save(name: string, bytes: Uint8Array<ArrayBuffer>): void;
  /** Milliseconds since 1970. */
  now(): number;
}

/** The log keeps this many lines, the notices this many. */
const LOG_LIMIT = 500;
const NOTICE_LIMIT = 20;

export interface Context {
  readonly services: StudioServices;
  state(): StudioState;
  update(patch: Partial<StudioState>): void;
  /** Replaces one scan; nothing happens when it has been removed meanwhile. */
  updateScan(id: string, patch: Partial<Scan>): void;
  nextId(): number;
  /** @returns id of the message */
  notify(text: NoticeText): number;
  log(level: LogLine['level'], text: string): void;
  savePreferences(): void;
  /** @returns when the state has become so */
  until(condition: () => boolean): Promise<void>;
}

export function createContext(store: WritableStore, services: StudioServices): Context {
  let lastId = 0;
  let storageWorks = true;
  const nextId = () => ++lastId;
  const state = () => store.getState();
  const update = (patch: Partial<StudioState>) => store.setState(patch);

  const log = (level: LogLine['level'], text: string) => {
    const line: LogLine = { id: nextId(), time: services.now(), level, text };
    update({ log: [...state().log, line].slice(-LOG_LIMIT) });
  };

  return {
    services,
    state,
    update,
    nextId,
    log,
    until: (condition) =>
      new Promise((resolve) => {
        const look = () => {
          if (!condition()) return;
          stop();
          resolve();
        };
        const stop = store.subscribe(look);
        look();
      }),
    updateScan(id, patch) {
      update({ scans: state().scans.map((scan) => (scan.id === id ? { ...scan, ...patch } : scan)) });
    },
    notify(text) {
      const id = nextId();
      update({ notices: [...state().notices, { id, ...text }].slice(-NOTICE_LIMIT) });
      const place = text.where === '' ? '' : ` (${text.where})`;
      log(text.tone, `${text.title}${place}: ${text.cause}`);
      return id;
    },
    savePreferences() {
      const { theme, view, panels, keyChoices, placings, meshUse } = state();
      const { colourMap, pointScale, shading, parallel } = view;
      const saved = services.preferences.save({
        theme,
        colourMap,
        pointScale,
        shading,
        parallel,
        drawer: panels.drawer,
        folded: panels.folded,
        keyChoices,
        placings,
        meshUse,
      });
      if (!saved && storageWorks)
        log('warning', 'This browser does not let the page store settings: they last until it is closed.');
      storageWorks = saved;
    },
  };
}
