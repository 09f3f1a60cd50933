/** Words for errors: what happened, where, why, what was kept and what to do next. */

import type { ErrorValue } from '../core/errors.ts';
import { FORMATS_TEXT } from './formats.ts';
import type { Notice } from './state.ts';

export type NoticeText = Omit<Notice, 'id'>;

/**
 * @param name the scan as the user knows it
 * @param kept what stays on screen, null when nothing was there before
 */
export function scanNotice(error: ErrorValue, name: string, scanId: string, kept: string | null): NoticeText {
  const stays = kept === null ? '' : `“${kept}” stays open. `;
  const retry = { kind: 'retry-scan', scanId } as const;
  const base = { tone: 'error', where: error.where || name, cause: error.message } as const;
  switch (error.kind) {
    case 'format':
      return {
        ...base,
        title: `Could not read “${name}”`,
        next: `${stays}Check or export the file again. The studio reads ${FORMATS_TEXT}.`,
        action: null,
      };
    case 'invalid-input':
      return {
        ...base,
        title: `“${name}” cannot be scored`,
        next: `${stays}Open a scan with more points that cover the part.`,
        action: null,
      };
    case 'capacity':
      return {
        ...base,
        title: `“${name}” is too large for this device`,
        next: `${stays}Thin the scan out or open it on a machine with more memory.`,
        action: retry,
      };
    case 'device-lost':
      return {
        ...base,
        title: `The GPU was lost while scoring “${name}”`,
        next: `${stays}The engine starts again by itself.`,
        action: retry,
      };
    case 'model-mismatch':
      return {
        ...base,
        title: `The model does not fit “${name}”`,
        next: `${stays}Choose another model.`,
        action: retry,
      };
    case 'no-webgpu':
    case 'internal':
    case 'cancelled':
      return {
        ...base,
        title: `Scoring “${name}” failed`,
        next: `${stays}Try again; if it fails again, please report it with the lines of the log.`,
        action: retry,
      };
    default:
      return error.kind satisfies never;
  }
}

/** @param latest the message of the last of them, which would have stood alone */
export function manyFailedNotice(count: number, latest: NoticeText): NoticeText {
  return {
    tone: 'error',
    title: count === 1 ? 'One more scan failed' : `${count} more scans failed`,
    where: `the last one: ${latest.where}`,
    cause: latest.cause,
    next: 'The others go on. The list of scans says of each what is wrong, and so does the results file.',
    action: { kind: 'show-failed' },
  };
}

export function engineNotice(error: ErrorValue): NoticeText {
  return {
    tone: 'error',
    title: 'The computing engine did not start',
    where: error.where,
    cause: error.message,
    next: 'Scans cannot be read without it. Start it again, or use a current Chrome, Edge, Firefox or Safari.',
    action: { kind: 'restart-engine' },
  };
}

/** @param fallback true when the next start will compute on the CPU */
export function engineLostNotice(error: ErrorValue, fallback: boolean): NoticeText {
  return {
    tone: 'warning',
    title: 'The engine stopped and is starting again',
    where: error.where,
    cause: error.message,
    next: fallback
      ? 'It stopped repeatedly, so it now computes on the CPU: slower, same results.'
      : 'Open scans stay; the one under way is scored again.',
    action: null,
  };
}

/** @param what "list of samples", "model “Flange”" */
export function missingFileNotice(what: string, file: string, why: string, next: string): NoticeText {
  return {
    tone: 'warning',
    title: `The ${what} is missing`,
    where: file,
    cause: why,
    next,
    action: { kind: 'reload-catalogue' },
  };
}

/** @param name of the model that was to come of the run */
export function runNotice(error: ErrorValue, name: string): NoticeText {
  const base = { tone: 'error', where: error.where, cause: error.message, action: null } as const;
  const title = `Training “${name}” stopped`;
  switch (error.kind) {
    case 'format':
      return { ...base, title, next: 'Check the file it names, then start a new run. Other runs go on.' };
    case 'invalid-input':
    case 'model-mismatch':
      return { ...base, title, next: 'Change the setup and start a new run. Other runs go on.' };
    case 'capacity':
      return { ...base, title, next: 'Make room, or choose a smaller network; then go on with the run.' };
    case 'device-lost':
      return { ...base, title, next: 'The last checkpoint is kept: go on with the run under Runs.' };
    case 'no-webgpu':
    case 'internal':
    case 'cancelled':
      return {
        ...base,
        title,
        next: 'What it had saved is kept: go on with it under Runs; if it stops again, please report it with the log.',
      };
    default:
      return error.kind satisfies never;
  }
}

/** A command of the model library that the engine refused. @param what "Import of “x.pth”" */
export function libraryNotice(error: ErrorValue, what: string): NoticeText {
  const next =
    error.kind === 'capacity'
      ? 'Delete models or runs that are no longer needed, then try again.'
      : 'Nothing was changed. Model files (safetensors) and checkpoints of the original (.pth) can be imported.';
  return {
    tone: 'error',
    title: `${what} failed`,
    where: error.where,
    cause: error.message,
    next,
    action: null,
  };
}
