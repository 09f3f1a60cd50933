/**
 * What the page's main thread did, from Chromium's own trace: its tasks by wall time, and by CPU time, which says what
 * the page asked of it however busy the machine is.
 */

import type { Browser, Page } from 'playwright/test';

export interface MainThreadReport {
  /** Seconds that were watched. */
  readonly seconds: number;
  readonly tasks: number;
  /** Tasks above 50 ms, and the longest of all in milliseconds. */
  readonly wall: { readonly long: number; readonly longest: number };
  readonly cpu: { readonly long: number; readonly longest: number };
  /** CPU seconds of all tasks. */
  readonly busy: number;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

const LONG_MS = 50;

function summary(values: readonly number[]): { readonly long: number; readonly longest: number } {
  const longest = values.reduce((most, value) => Math.max(most, value), 0);
  return { long: values.filter((value) => value > LONG_MS).length, longest: Number(longest.toFixed(1)) };
}

function reportOf(events: readonly TraceEvent[]): MainThreadReport {
  const threads = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = events.filter(
    ({ name, ph, pid, tid }) => name === 'RunTask' && ph === 'X' && threads.has(`${pid} ${tid}`),
  );
  const wall = tasks.map(({ dur = 0 }) => dur / 1000);
  const cpu = tasks.map(({ tdur = 0 }) => tdur / 1000);
  const starts = tasks.map(({ ts }) => ts);
  const first = starts.reduce((least, ts) => Math.min(least, ts), Number.POSITIVE_INFINITY);
  const last = starts.reduce((most, ts) => Math.max(most, ts), 0);
  return {
    seconds: tasks.length === 0 ? 0 : Number(((last - first) / 1e6).toFixed(1)),
    tasks: tasks.length,
    wall: summary(wall),
    cpu: summary(cpu),
    busy: Number((cpu.reduce((sum, ms) => sum + ms, 0) / 1000).toFixed(2)),
  };
}

/** @returns what the main thread of the page did while `work` went on */
export async function watchMainThread(
  browser: Browser,
  page: Page,
  work: () => Promise<void>,
): Promise<MainThreadReport> {
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] });
  await work();
  const trace = JSON.parse((await browser.stopTracing()).toString('utf8')) as {
    readonly traceEvents: readonly TraceEvent[];
  };
  return reportOf(trace.traceEvents);
}
