/**
 * `npm run bench [-- --json] [--quick] [--conv] [--train] [--share] [--parse] [--label] [--soak] [--view]`: what our kernels cost beside stock tfjs
 * operations in the same run, on the same adapter. Ratios travel between machines; milliseconds do not. With
 * the reference data beside the project, the original's CPU times are put next to ours.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openGpu } from '../src/gpu/device.ts';
import { nodeGpu } from '../src/gpu/nodeGpu.ts';
import type { ComputeBackend } from '../src/nn/backend.ts';
import { openWasm } from '../src/nn/wasmBackend.ts';
import { openWebGpuBackend } from '../src/nn/webgpuBackend.ts';
import { wavySphere } from './clouds.ts';
import { benchForward, type ForwardResult } from './forwardBench.ts';
import { benchLabel, type LabelResult } from './labelBench.ts';
import {
  benchParse,
  benchParseMemory,
  type ParseMemory,
  type ParseResult,
  parseCases,
} from './parseBench.ts';
import { benchBundle, benchServer, type LoadResult, type ShareResult } from './shareBench.ts';
import { benchSoak, type SoakResult } from './soakBench.ts';
import {
  benchConv,
  benchConvBackward,
  benchNorm,
  type Comparison,
  type ConvBackwardResult,
  type ConvResult,
  type NormResult,
} from './sparseConvBench.ts';
import { benchWholeStep, type WholeStepResult } from './stockStep.ts';
import { benchTraining, source, type TrainResult } from './trainBench.ts';
import { benchView, type ViewResult } from './viewBench.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** Leaves out what takes minutes on a software adapter. */
    quick: { type: 'boolean', default: false },
    /** Sparse convolution only. */
    conv: { type: 'boolean', default: false },
    /** Training steps only. */
    train: { type: 'boolean', default: false },
    /** Sharing only: bundles and the server over loopback; needs no adapter. */
    share: { type: 'boolean', default: false },
    /** Reading of scans only, beside three's loaders; needs no adapter. */
    parse: { type: 'boolean', default: false },
    /** Selecting points of a large scan only; needs no adapter. */
    label: { type: 'boolean', default: false },
    /** Inspections without end only: 1,000 on each backend, 100 with --quick. */
    soak: { type: 'boolean', default: false },
    /** The 3D view in Chromium only, beside plain three `Points`. */
    view: { type: 'boolean', default: false },
  },
});

interface Report {
  readonly date: string;
  readonly commit: string;
  readonly cpu: string;
  readonly adapter: string;
  readonly software: boolean;
  readonly cloud: string;
  readonly conv: ConvResult[];
  readonly convBackward: ConvBackwardResult[];
  readonly norm: NormResult[];
  readonly forward: ForwardResult[];
  readonly training: (TrainResult | WholeStepResult)[];
  readonly sharing: (ShareResult | LoadResult)[];
  readonly parsing: (ParseResult | ParseMemory)[];
  readonly labelling: LabelResult[];
  /** The original on two CPU cores, milliseconds (golden/timing.json); null without the reference data. */
  readonly original: unknown;
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    // A bundle carried to another machine has no repository around it.
    return process.env.BENCH_COMMIT ?? 'unknown';
  }
}

const golden = join(process.cwd(), '../shared/golden');

/** The golden cloud `vase4k` (2,769 voxels), or a procedural one of that size. */
function benchCloud(): { name: string; points: Float32Array } {
  const folder = join(golden, 'inputs/vase4k');
  if (!existsSync(folder)) return { name: 'wavy sphere, 4,100 points', points: wavySphere(4100) };
  const { arrays } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as {
    arrays: Record<string, { offset: number; nbytes: number }>;
  };
  const { offset, nbytes } = arrays.xyz!;
  const bytes = readFileSync(join(folder, 'data.bin')).subarray(offset, offset + nbytes);
  return { name: 'vase4k', points: new Float32Array(Uint8Array.from(bytes).buffer) };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

if (values.view) {
  const viewing: ViewResult[] = [];
  say('3D view in Chromium');
  await benchView(values.quick, (result) => found(viewing, result));
  if (values.json) process.stdout.write(`${JSON.stringify({ commit: commit(), viewing })}\n`);
  process.exit(0);
}

if (values.soak) {
  const soak: SoakResult[] = [];
  for (const backend of ['wasm', 'webgpu'] as const) {
    say(`inspections without end, ${backend}`);
    found(soak, await benchSoak(backend, values.quick ? 100 : 1000));
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ commit: commit(), soak })}\n`);
  process.exit(0);
}

const parsing: (ParseResult | ParseMemory)[] = [];
if (values.parse || !(values.conv || values.train || values.share || values.label)) {
  const points = values.quick ? 100_000 : 1_000_000;
  say(`reading scans of ${points} points`);
  for (const each of parseCases(points)) found(parsing, await benchParse(each, points, values.quick ? 3 : 7));
  say('reading a large scan');
  found(parsing, await benchParseMemory(values.quick ? 1_000_000 : 10_000_000));
}
if (values.parse) {
  if (values.json) process.stdout.write(`${JSON.stringify({ commit: commit(), parsing })}\n`);
  process.exit(0);
}

const labelling: LabelResult[] = [];
if (!(values.conv || values.train || values.share)) {
  const points = values.quick ? 100_000 : 1_000_000;
  say(`selecting points of ${points}`);
  for (const result of benchLabel(points, values.quick ? 3 : 15)) found(labelling, result);
}
if (values.label) {
  if (values.json) process.stdout.write(`${JSON.stringify({ commit: commit(), labelling })}\n`);
  process.exit(0);
}

const sharing: (ShareResult | LoadResult)[] = [];
if (values.share || !(values.conv || values.train)) {
  for (const points of values.quick ? [100_000] : [30_000, 100_000, 1_000_000]) {
    say(`sharing, ${points} points`);
    found(sharing, await benchBundle(points));
  }
  say('share server over loopback');
  for (const result of await benchServer(values.quick ? 2 : 5)) found(sharing, result);
}
if (values.share) {
  if (values.json) process.stdout.write(`${JSON.stringify({ commit: commit(), sharing })}\n`);
  process.exit(0);
}

const gpu = await openGpu(await nodeGpu());
const webgpu = await openWebGpuBackend(gpu);
const { software } = gpu.adapter;
const slow = software && values.quick;
const convOnly = values.conv;
const trainOnly = values.train;
const runs = software ? 1 : 20;
/** Ours is short and so easily disturbed; what takes seconds runs once anyway. */
const convRuns = Math.max(6, runs);
const cloud = benchCloud();
const conv: ConvResult[] = [];
const convBackward: ConvBackwardResult[] = [];
const norm: NormResult[] = [];
const forward: ForwardResult[] = [];
const training: (TrainResult | WholeStepResult)[] = [];

/** Results go to stderr as they come: a run that is cut short has still said what it found. */
function found<T>(results: T[], result: T): void {
  results.push(result);
  say(JSON.stringify(result));
}

for (const channels of convOnly || trainOnly ? [] : [32, 96]) {
  say(`batch norm, ${channels} channels`);
  found(norm, await benchNorm(channels, runs));
}
for (const name of convOnly || trainOnly ? [] : slow ? ['small'] : ['small', 'MinkUNet34C']) {
  say(`forward, ${name}, WebGPU`);
  found(forward, await benchForward(webgpu, name, cloud.points, runs));
}
for (const channels of trainOnly ? [] : slow ? [32] : [32, 96, 256]) {
  say(`sparse convolution, ${channels} channels`);
  found(conv, await benchConv(gpu, channels, convRuns));
}
for (const channels of trainOnly ? [] : slow ? [32] : [32, 96, 256]) {
  say(`sparse convolution backward, ${channels} channels`);
  // On a CPU the stock gradient takes half an hour for 256 channels and the whole cloud.
  const part = software && channels > 32 ? 'quarter' : 'whole';
  found(convBackward, await benchConvBackward(gpu, channels, convRuns, part));
}
/** What each kind of machine can do in minutes; a software adapter only the small network. */
const TRAINED = {
  gpu: { clouds: 8, pointsPerCloud: 10_000, steps: 2000, runs: 10 },
  wasm: { clouds: 2, pointsPerCloud: 4000, steps: 6, runs: 3 },
  software: { clouds: 1, pointsPerCloud: 2000, steps: 4, runs: 1 },
} as const;

async function train(backend: ComputeBackend, kind: keyof typeof TRAINED): Promise<void> {
  // Short steps and many of them: whether memory stays where it is.
  say(`training, demo, many steps, ${backend.description}`);
  const steps = kind === 'software' ? 50 : 2000;
  found(training, await benchTraining(backend, 'demo', { clouds: 1, pointsPerCloud: 600, steps, runs: 1 }));
  for (const name of kind === 'software' ? ['small'] : ['small', 'MinkUNet34C']) {
    say(`training, ${name}, ${backend.description}`);
    found(training, await benchTraining(backend, name, TRAINED[kind]));
  }
}

if (!convOnly) {
  // On a CPU the stock step takes minutes for what a scan really has.
  const [name, points, voxelSize] = software
    ? (['demo', 250, 0.15] as const)
    : (['small', 8000, 0.03] as const);
  say(`a whole training step beside stock operations, ${name}`);
  found(training, await benchWholeStep(webgpu, name, { good: source(points), voxelSize, runs }));
}
if (!convOnly && !slow) await train(webgpu, software ? 'software' : 'gpu');
webgpu.dispose();
const wasm = await openWasm();
for (const name of convOnly || trainOnly ? [] : ['small', 'MinkUNet34C']) {
  say(`forward, ${name}, wasm`);
  found(forward, await benchForward(wasm, name, cloud.points, name === 'small' ? 20 : 3));
}
if (!convOnly) await train(wasm, 'wasm');

const timing = join(golden, 'timing.json');
const report: Report = {
  date: new Date().toISOString().slice(0, 10),
  commit: commit(),
  cpu: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
  adapter: webgpu.description,
  software,
  cloud: cloud.name,
  conv,
  convBackward,
  norm,
  forward,
  training,
  sharing,
  parsing,
  labelling,
  original: existsSync(timing) ? JSON.parse(readFileSync(timing, 'utf8')) : null,
};

if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
else {
  const row = (what: string, { ours, stock, ratio, cpu }: Comparison) =>
    process.stdout.write(
      `${what.padEnd(34)} ${ours} ms, stock ${stock} ms, ${ratio}x (CPU time ${cpu.ours}, ${cpu.stock}, ${cpu.ratio}x)\n`,
    );
  process.stdout.write(`${report.adapter}, ${report.date}, ${report.commit}\n`);
  for (const c of conv) row(`conv forward, ${c.channels} channels`, c.forward);
  for (const c of convBackward) row(`conv backward, ${c.channels} channels`, c.backward);
  for (const n of norm) row(`batch norm, ${n.channels} channels`, n.forwardBackward);
  for (const f of [...forward, ...training, ...sharing, ...parsing, ...labelling])
    process.stdout.write(`${JSON.stringify(f)}\n`);
}
gpu.dispose();
// Dawn keeps its threads; nothing is left to wait for.
process.exit(0);
