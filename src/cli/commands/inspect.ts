/** `po3ad inspect`: scans in, verdicts and offsets out. */

import { toErrorValue } from '../../core/errors.ts';
import type { MeshUse, ModelSummary } from '../../engine/protocol.ts';
import type { Session } from '../../engine/session.ts';
import { readPairs } from '../../io/readPairs.ts';
import type { ScanFile } from '../../io/report.ts';
import { writeNpy } from '../../io/writeNpy.ts';
import { writePly } from '../../io/writePly.ts';
import { type Command, EXIT, UsageError } from '../command.ts';
import { DETECTOR_HELP, detectorName, openDetector, openReference } from '../detectors.ts';
import { type Inspection, inspectFile, loadModelFile, openSessionFor } from '../engine.ts';
import { outputPaths, readBytes, writeOutput } from '../files.ts';
import { inspectAgainst } from '../inspectReference.ts';
import {
  boundaryColumn,
  boundaryCount,
  JUDGING_HELP,
  JUDGING_OPTIONS,
  type JudgingOptions,
  judgeObject,
  judgingOptions,
  type ObjectJudgement,
} from '../judgingOptions.ts';
import { MESH_HELP, MESH_OPTIONS, meshOption } from '../meshOption.ts';
import { offsetColumns } from '../offsetColumns.ts';
import { expandArchives } from '../scanSource.ts';
import type { Terminal } from '../terminal.ts';

/**
 * Rows in the order of the file: what was left out on reading (not finite, unreadable) becomes NaN rows.
 * @param packed [3 * points]
 * @returns [3 * totalRows]
 */
export function inFileOrder(
  packed: Float32Array,
  { totalRows, keptRows }: Pick<ScanFile, 'totalRows' | 'keptRows'>,
): Float32Array {
  if (keptRows === null) return packed;
  const rows = new Float32Array(3 * totalRows).fill(Number.NaN);
  keptRows.forEach((row, i) => {
    rows.set(packed.subarray(3 * i, 3 * i + 3), 3 * row);
  });
  return rows;
}

/** The scan with `offset_x`, `offset_y`, `offset_z` and `score`, all in model units as in the JSON. */
function scoredPly({ scan, analysis }: Inspection, judgement: ObjectJudgement): Uint8Array {
  const { map, frame } = analysis;
  return writePly(scan.cloud, {
    scalars: { ...offsetColumns(map.offsets), score: map.score, ...boundaryColumn(judgement) },
    comments: [
      `offset and score in model units; times ${frame.radius} they are in the unit of x, y, z`,
      `model ${map.modelHash}`,
    ],
  });
}

function report(
  file: string,
  { scan, analysis }: Inspection,
  judgement: ObjectJudgement,
  terminal: Terminal,
): void {
  const { map, voxels, backend, adapter, timings } = analysis;
  const points = map.score.length;
  const { objectScore, threshold } = judgement;
  const boundary = boundaryCount(judgement);
  const verdict = threshold === null ? 'uncalibrated' : objectScore > threshold ? 'not-ok' : 'ok';
  terminal.result(
    { file, points, ...boundary, voxels, objectScore, threshold, verdict, backend, adapter, timings },
    () => {
      const limit = threshold === null ? 'no threshold' : `threshold ${threshold.toPrecision(4)}`;
      const words = { ok: 'OK', 'not-ok': 'NOT OK', uncalibrated: 'no verdict' }[verdict];
      const score = `score ${objectScore.toPrecision(4)} (${limit})`;
      return `${file}: ${words}, ${score}, ${points} points, ${timings.total.toFixed(0)} ms on ${adapter}`;
    },
  );
  for (const warning of scan.report.warnings) terminal.note(`${file}: ${warning}`);
}

interface Outputs {
  readonly ply: ReadonlyMap<string, string>;
  readonly npy: string | undefined;
}

async function inspectAll(
  files: readonly string[],
  session: Session,
  model: ModelSummary,
  outputs: Outputs,
  mesh: MeshUse,
  judging: JudgingOptions,
  terminal: Terminal,
): Promise<number> {
  let failed = false;
  for (const file of files) {
    terminal.throwIfCancelled();
    try {
      const inspection = await inspectFile(file, session, model, terminal, mesh);
      const { positions } = inspection.scan.cloud;
      const { calibration } = model;
      const judgement = judgeObject(judging, { ...inspection.analysis.map, positions, calibration });
      const ply = outputs.ply.get(file);
      if (ply !== undefined) await writeOutput(ply, scoredPly(inspection, judgement));
      if (outputs.npy !== undefined) {
        const rows = inFileOrder(inspection.analysis.map.offsets, inspection.scan);
        await writeOutput(outputs.npy, writeNpy(rows, [rows.length / 3, 3]));
      }
      report(file, inspection, judgement, terminal);
    } catch (error) {
      terminal.throwIfCancelled();
      failed = true;
      terminal.failure(file, toErrorValue(error));
    }
  }
  return failed ? EXIT.failed : EXIT.ok;
}

export const inspect: Command = {
  name: 'inspect',
  summary: 'Finds anomalies in scans with a model, or against good scans without any.',
  synopsis:
    'FILE... --model M | --reference REF|GOOD [--pairs F] [--out DIR] [--offsets F.npy] [--object-score R] [--mask-boundary] [--backend webgpu|wasm] [--json]',
  help: [
    '--model M        model file (safetensors)',
    '--reference R    instead of a model: a reference of po3ad fit, a good scan or a folder of them',
    ...DETECTOR_HELP,
    '--pairs F        where a scan cannot be laid on the good ones by itself: three or more lines of x y z on the',
    '                 scan and x y z of the same place on the (first) good scan; one FILE only',
    '--out DIR        writes each scan there as PLY with offset_x, offset_y, offset_z and score',
    '--offsets F.npy  float32 [N, 3] offsets in model units, one row per row of the file; one FILE only.',
    '                 Rows that were left out on reading (not finite) are NaN',
    ...JUDGING_HELP,
    ...MESH_HELP,
    '',
    'An archive (.zip) stands for the scans in it.',
    'One JSON object a scan: file, points, voxels (strides 1, 2, 4, 8, 16), objectScore, threshold, verdict',
    '(ok, not-ok or uncalibrated), backend, adapter, timings (ms: parse, voxelise, pyramid, network, total);',
    'with --reference instead of the voxels and the backend: detector, radius, registration {verdict, overlap,',
    'medianResidual, determined, unitFactor, mirrored, words}, unseen; verdict also not-aligned;',
    'or file, error {kind, where, message}. A bad file does not stop the rest.',
  ],
  options: {
    model: { type: 'string' },
    reference: { type: 'string' },
    detector: { type: 'string' },
    pairs: { type: 'string' },
    out: { type: 'string' },
    offsets: { type: 'string' },
    ...JUDGING_OPTIONS,
    ...MESH_OPTIONS,
  },
  async run(args, terminal) {
    const mesh = meshOption(args);
    const judging = judgingOptions(args);
    const files = await expandArchives(args.files('a scan file'));
    const reference = args.text('reference');
    const out = args.text('out');
    const npy = args.text('offsets');
    if (npy !== undefined && files.length > 1) throw new UsageError('--offsets takes one FILE at a time');
    const pairsFile = args.text('pairs');
    if (pairsFile !== undefined && (files.length > 1 || reference === undefined))
      throw new UsageError('--pairs goes with --reference and one FILE');
    if (pairsFile !== undefined && detectorName(args) === 'bank')
      throw new UsageError('--pairs: the detector bank lays scans on nothing');
    const ply = out === undefined ? new Map<string, string>() : outputPaths(files, out, '.ply');
    if (reference !== undefined) {
      if (npy !== undefined) throw new UsageError('--reference goes without --offsets');
      const pairs =
        pairsFile === undefined
          ? undefined
          : readPairs(pairsFile, new TextDecoder().decode(await readBytes(pairsFile)));
      const { detector, dispose } = await openDetector(args, terminal);
      try {
        const fitted = await openReference(detector, reference, terminal);
        return await inspectAgainst(files, detector, fitted, ply, mesh, judging, pairs, terminal);
      } finally {
        dispose();
      }
    }
    if (detectorName(args) !== undefined) throw new UsageError('--detector needs --reference');
    const modelFile = args.required('model');
    const session = await openSessionFor(args.backend(), terminal);
    try {
      const model = await loadModelFile(session, modelFile);
      return await inspectAll(files, session, model, { ply, npy }, mesh, judging, terminal);
    } finally {
      session.dispose();
    }
  },
};
