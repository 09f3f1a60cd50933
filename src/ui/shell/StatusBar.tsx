/** The status bar: points, unit, what computes, memory, progress. */

import { type EngineState, scanBytes } from '../../studio/state.ts';
import { formatBytes, formatCount, formatPercent, unitSymbol } from '../../studio/units.ts';
import { IconButton } from '../parts/IconButton.tsx';
import { useActiveScan } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { activityOf, trainingActivity } from './activity.ts';

export function StatusBar() {
  const scan = useActiveScan();
  const engine = useStudio((state) => state.engine);
  const points = scan?.cloud == null ? null : scan.cloud.positions.length / 3;
  return (
    <footer className="status-bar">
      <span className="status-item">{points === null ? 'No points' : `${formatCount(points)} points`}</span>
      <span className="status-item status-unit" title="Unit of the scan’s coordinates; change it under Scan">
        {scan === null ? '–' : unitSymbol(scan.unit)}
      </span>
      <EngineItem engine={engine} />
      <MemoryItem />
      <ProgressItem engine={engine} />
    </footer>
  );
}

function EngineItem({ engine }: { readonly engine: EngineState }) {
  if (engine.phase === 'starting') return <span className="status-item status-engine">Engine starting</span>;
  if (engine.phase === 'failed')
    return (
      <span className="status-item status-engine status-bad" title={engine.error.message}>
        No engine
      </span>
    );
  const { backend, adapter, note, software } = engine.info;
  return (
    <span className="status-item status-engine" title={note}>
      <span className={`dot ${software ? 'dot-cpu' : 'dot-gpu'}`} aria-hidden="true" />
      <b>{backend === 'webgpu' ? 'WebGPU' : 'WebAssembly'}</b>
      <span className="ellipsis">
        {adapter}
        {software && ' (CPU)'}
      </span>
    </span>
  );
}

function MemoryItem() {
  const memory = useStudio((state) => state.memory);
  const page = useStudio((state) => state.scans.reduce((sum, scan) => sum + scanBytes(scan), 0));
  const engine = memory === null ? null : memory.gpuBytes + memory.tensorBytes;
  const text = engine === null ? formatBytes(page) : `${formatBytes(engine)} + ${formatBytes(page)}`;
  return (
    <span
      className="status-item status-memory"
      title="Memory estimate: engine buffers and tensors + open scans"
    >
      <span className="visually-hidden">Memory: </span>
      {text}
    </span>
  );
}

function ProgressItem({ engine }: { readonly engine: EngineState }) {
  const model = useStudio((state) => state.model);
  const job = useStudio((state) => state.job);
  const waiting = useStudio((state) => state.scans.filter((scan) => scan.status.kind === 'waiting').length);
  const { cancelJob } = useCommands();
  const run = useStudio(
    (state) => state.training.runs.find(({ status }) => status.kind === 'running') ?? null,
  );
  const activity = activityOf(engine, model, job) ?? trainingActivity(run);
  if (activity === null)
    return <span className="status-item status-progress">{engine.phase === 'ready' ? 'Ready' : ''}</span>;
  const { text, fraction, cancellable } = activity;
  return (
    <span className="status-item status-progress">
      <span className="ellipsis">
        {text}
        {waiting > 0 && ` · ${formatCount(waiting)} waiting`}
      </span>
      <progress aria-label={text} max={1} {...(fraction === null ? {} : { value: fraction })} />
      <span className="percent">
        {fraction === null ? '' : formatPercent(Math.round(fraction * 100) / 100)}
      </span>
      <IconButton icon="stop" label="Cancel" disabled={!cancellable} onClick={cancelJob} />
    </span>
  );
}
