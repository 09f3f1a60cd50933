/**
 * Everything a run needs to go on exactly where it stopped: weights, running statistics, Adam's moments,
 * the step and the settings. How it is stored is the store's business (a file written aside and renamed in
 * Node, OPFS in the browser); `checkpointTensors` flattens it for any format that holds named tensors.
 */

import { FormatError, ModelMismatchError } from '../core/errors.ts';
import type { ModelConfig } from '../core/modelConfig.ts';
import type { NamedTensor, StateDict } from '../core/networkSpec.ts';
import type { TrainingConfig } from '../core/presets.ts';
import type { MomentMap, Moments } from './optimiser.ts';

/** One point of the training curve. */
export interface StepReport {
  /** Steps done, from 1. */
  readonly step: number;
  readonly loss: number;
  readonly dist: number;
  readonly dir: number;
  /** Learning rate of this step. */
  readonly lr: number;
  /** L2 norm of the gradient of all parameters. */
  readonly gradNorm: number;
}

export interface Checkpoint {
  /** Steps done. */
  readonly step: number;
  readonly training: TrainingConfig;
  readonly model: ModelConfig;
  /** Ids of the clouds that were trained on, in order. */
  readonly sources: readonly string[];
  readonly state: StateDict;
  /** In the layout of `nn/parameters`. */
  readonly moments: MomentMap;
  readonly history: readonly StepReport[];
}

/** Where checkpoints live. Implementations must never leave half a checkpoint behind. */
export interface CheckpointStore {
  save(checkpoint: Checkpoint): Promise<void>;
  /** @returns the newest one, or null when there is none */
  load(): Promise<Checkpoint | null>;
}

/** A checkpoint as named tensors and text, e.g. for a safetensors file. */
export interface CheckpointTensors {
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Names the format and its version. */
const FORMAT_NAME = 'po3ad-checkpoint';
const FORMAT = `${FORMAT_NAME}-1`;
const STATE = 'model/';
const FIRST = 'adam.first/';
const SECOND = 'adam.second/';

/** What goes into the metadata as JSON. */
type Header = Pick<Checkpoint, 'step' | 'training' | 'model' | 'sources' | 'history'>;

export function checkpointTensors(checkpoint: Checkpoint): CheckpointTensors {
  const { state, moments, ...header } = checkpoint;
  const tensors = new Map<string, NamedTensor>();
  for (const [name, tensor] of state) tensors.set(STATE + name, tensor);
  for (const [name, { first, second }] of moments) {
    tensors.set(FIRST + name, { shape: [first.length], data: first });
    tensors.set(SECOND + name, { shape: [second.length], data: second });
  }
  return { tensors, metadata: { format: FORMAT, run: JSON.stringify(header satisfies Header) } };
}

/** Whether this is a checkpoint, of whatever version. */
export function isCheckpoint({ metadata }: Pick<CheckpointTensors, 'metadata'>): boolean {
  return metadata.format?.startsWith(FORMAT_NAME) ?? false;
}

/**
 * @param file name of the file, for the error
 * @throws FormatError when it is not a checkpoint of this version
 */
export function checkpointFromTensors(stored: CheckpointTensors, file: string): Checkpoint {
  const { tensors, metadata } = stored;
  if (isCheckpoint(stored) && metadata.format !== FORMAT)
    throw new FormatError(
      file,
      'metadata',
      `is a checkpoint of another version (${metadata.format}; this program has ${FORMAT}): start the run anew`,
    );
  if (metadata.format !== FORMAT || metadata.run === undefined)
    throw new FormatError(file, 'metadata', `is not a training checkpoint (${FORMAT})`);
  let header: Header;
  try {
    // Written by `checkpointTensors` of the same version, as `format` says.
    header = JSON.parse(metadata.run) as Header;
  } catch (error) {
    throw new FormatError(file, 'metadata.run', `is not JSON: ${String(error)}`);
  }
  const state = new Map<string, NamedTensor>();
  const moments = new Map<string, Moments>();
  for (const [name, tensor] of tensors) {
    if (name.startsWith(STATE)) state.set(name.slice(STATE.length), tensor);
    if (!name.startsWith(FIRST)) continue;
    const parameter = name.slice(FIRST.length);
    const second = tensors.get(SECOND + parameter);
    if (second === undefined) throw new FormatError(file, name, 'has no second moment beside it');
    moments.set(parameter, { first: tensor.data, second: second.data });
  }
  return { ...header, state, moments };
}

/** Settings that may differ between a run and its continuation without changing its weights. */
const FREE_FIELDS: readonly string[] = ['logEvery', 'checkpointEvery', 'model.name'];

/** @returns paths of the leaves in which two plain values differ */
function differences(a: unknown, b: unknown, path: string): string[] {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return Object.is(a, b) ? [] : [path];
  const [left, right] = [Object.entries(a), new Map(Object.entries(b))];
  const keys = new Set([...left.map(([key]) => key), ...right.keys()]);
  const of = new Map(left);
  return [...keys].flatMap((key) =>
    differences(of.get(key), right.get(key), path === '' ? key : `${path}.${key}`),
  );
}

/**
 * A resumed run must be the run that was interrupted, or its result would depend on the interruption.
 * @throws ModelMismatchError naming the first setting that differs
 */
export function checkResumable(
  checkpoint: Checkpoint,
  run: Pick<Checkpoint, 'training' | 'model' | 'sources'>,
): void {
  const changed = [
    ...differences(checkpoint.training, run.training, ''),
    ...differences(checkpoint.model, run.model, 'model'),
    ...differences(checkpoint.sources, run.sources, 'sources'),
  ].filter((path) => !FREE_FIELDS.includes(path));
  if (changed.length > 0)
    throw new ModelMismatchError(
      changed[0]!,
      `differs from the checkpoint's (${changed.join(', ')}); start a new run to change it`,
    );
}
