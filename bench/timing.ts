/** Timing for the bench: two things run turn by turn, so that whatever else the machine does slows both. */

import { existsSync, readFileSync } from 'node:fs';

/** Milliseconds. */
export interface Cost {
  readonly wall: number;
  /** CPU time of all threads of this process: on a software adapter that is the work itself. */
  readonly cpu: number;
}

/** CPU time from which a first run counts, although it compiled something: another would take as long again. */
const LONG_MS = 5000;

async function cost(work: () => Promise<void>): Promise<Cost> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const wall = performance.now() - start;
  const used = process.cpuUsage(cpu);
  return { wall, cpu: (used.user + used.system) / 1000 };
}

const least = (a: Cost, b: Cost): Cost => ({ wall: Math.min(a.wall, b.wall), cpu: Math.min(a.cpu, b.cpu) });

/**
 * Runs the works in turn, `runs` times after one warm-up; what takes more than 5 s of CPU runs once.
 * @returns the least that each took: disturbances only ever make a run longer
 */
export async function turnByTurn<K extends string>(
  works: Readonly<Record<K, () => Promise<void>>>,
  runs: number,
): Promise<Record<K, Cost>> {
  const names = Object.keys(works) as K[];
  const found = {} as Record<K, Cost>;
  const long = new Set<K>();
  for (const name of names) {
    const first = await cost(works[name]);
    if (first.cpu < LONG_MS) continue;
    found[name] = first;
    long.add(name);
  }
  for (let i = 0; i < runs; i++)
    for (const name of names) {
      if (long.has(name)) continue;
      const next = await cost(works[name]);
      found[name] = found[name] === undefined ? next : least(found[name], next);
    }
  return found;
}

/**
 * CPU milliseconds of the main thread so far; null where the system does not tell. On a software adapter wall
 * time of JavaScript says nothing: its threads and the adapter's take turns.
 */
export function mainThreadMs(): number | null {
  const file = `/proc/self/task/${process.pid}/schedstat`;
  if (!existsSync(file)) return null;
  return Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e6;
}

/** Three significant digits: nobody believes more of a wall time. */
export function round(value: number): number {
  return Number(value.toPrecision(3));
}
