/** Which open scans are learned from, which are held out for the thresholds, and which one is watched. */

import { useEffect, useId, useMemo } from 'react';
import type { Scan } from '../../studio/state.ts';
import { marksOf, roleOf, scansOf, startOf } from '../../studio/trainingSetup.ts';
import type { ScanRole } from '../../studio/trainingState.ts';
import { formatCount } from '../../studio/units.ts';
import { Icon } from '../parts/Icon.tsx';
import { Section } from '../parts/Section.tsx';
import { chooseFiles } from '../shell/chooseFiles.ts';
import { useCommands, useStudio } from '../useStudio.ts';

export function ScanRoles() {
  const scans = useStudio((state) => state.scans);
  const { openFiles } = useCommands();
  return (
    <Section
      title="Good scans"
      action={
        <button type="button" className="button button-small" onClick={() => chooseFiles(openFiles)}>
          <Icon name="open" />
          Add
        </button>
      }
    >
      {scans.length === 0 && <p className="note">Drop good scans of one part here; one is enough.</p>}
      <ul className="roles">
        {scans.map((scan) => (
          <ScanRow key={scan.id} scan={scan} />
        ))}
      </ul>
      <HoldOutHint />
      <SampleScans />
      {scans.length > 0 && <PreviewChoice scans={scans} />}
    </Section>
  );
}

const ROLE_WORDS: readonly (readonly [ScanRole, string])[] = [
  ['train', 'Learn'],
  ['calibrate', 'Hold out'],
  ['unused', 'Leave out'],
];

function ScanRow({ scan }: { readonly scan: Scan }) {
  const role = useStudio((state) => roleOf(state.training.draft, scan));
  const { setScanRole, showScan, clearTrainingStage } = useCommands();
  const points = scan.cloud === null ? scan.report?.points : scan.cloud.positions.length / 3;
  const look = () => {
    clearTrainingStage();
    showScan(scan.id);
  };
  return (
    <li className={`role role-${role}`}>
      <button type="button" className="role-name" onClick={look}>
        <span className="ellipsis">{scan.name}</span>
        <span className="dim">{points === undefined ? 'reading …' : formatCount(points)}</span>
        {role === 'train' && <Marks scan={scan} />}
      </button>
      <select
        aria-label={`Use of ${scan.name}`}
        value={role}
        onChange={({ currentTarget: { value } }) => {
          const found = ROLE_WORDS.find(([id]) => id === value);
          if (found !== undefined) setScanRole(scan.id, found[0]);
        }}
      >
        {ROLE_WORDS.map(([id, word]) => (
          <option key={id} value={id}>
            {word}
          </option>
        ))}
      </select>
    </li>
  );
}

/** What the labels of the scan mean here. */
function Marks({ scan }: { readonly scan: Scan }) {
  const id = scan.cloud?.id;
  const labels = useStudio((state) => (id === undefined ? undefined : state.labels.scans.get(id)));
  const { openLabels } = useCommands();
  useEffect(() => {
    if (id !== undefined) void openLabels(scan.id);
  }, [id, scan.id, openLabels]);
  const { defects, normal } = useMemo(() => marksOf(labels), [labels]);
  if (defects === undefined && normal === undefined) return null;
  const words = [
    ...(defects === undefined ? [] : [`${formatCount(defects.length)} labelled points left out`]),
    ...(normal === undefined ? [] : [`${formatCount(normal.length)} held still as normal`]),
  ];
  return <span className="dim role-marks">{words.join(', ')}</span>;
}

/** A threshold that was taken from scans the model knows by heart is too low. */
function HoldOutHint() {
  const learned = useStudio((state) => scansOf(state, 'train').length);
  const heldOut = useStudio((state) => scansOf(state, 'calibrate').length);
  const compares = useStudio((state) => startOf(state) === 'reference');
  if (learned < 2 || heldOut > 0 || compares) return null;
  return <p className="note">Hold one out: its threshold then comes from a scan the model has not seen.</p>;
}

/** The good scans of the sample part that is open, for a first try. */
function SampleScans() {
  const part = useStudio((state) => {
    const shown = state.scans.find((scan) => scan.id === state.activeId);
    return shown?.origin.kind === 'sample' ? shown.origin.sample.part : null;
  });
  const samples = useStudio((state) => state.samples?.entries);
  const scans = useStudio((state) => state.scans);
  const { openSample, showScan } = useCommands();
  const active = useStudio((state) => state.activeId);
  const open = new Set(scans.flatMap(({ origin }) => (origin.kind === 'sample' ? [origin.sample.id] : [])));
  const good = (samples ?? []).filter(
    (entry) => entry.part === part && entry.kind === 'good' && !open.has(entry.id),
  );
  if (good.length === 0) return null;
  return (
    <button
      type="button"
      className="button button-small"
      onClick={() => {
        for (const { id } of good) openSample(id);
        if (active !== null) showScan(active);
      }}
    >
      <Icon name="samples" />
      Add {good.length} good {good.length === 1 ? 'sample' : 'samples'} of the {part}
    </button>
  );
}

function PreviewChoice({ scans }: { readonly scans: readonly Scan[] }) {
  const id = useId();
  const chosen = useStudio((state) => state.training.draft.previewId);
  const { setPreviewScan } = useCommands();
  return (
    <div className="field">
      <label htmlFor={id}>Watch the heatmap of</label>
      <select
        id={id}
        value={chosen ?? ''}
        onChange={({ currentTarget: { value } }) => setPreviewScan(value === '' ? null : value)}
      >
        <option value="">no scan</option>
        {scans.map((scan) => (
          <option key={scan.id} value={scan.id}>
            {scan.name}
          </option>
        ))}
      </select>
    </div>
  );
}
