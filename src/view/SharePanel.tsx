/** Beside the picture: numbers, threshold, regions, notes, and where it all comes from. */

import { type RefObject, useId, useMemo } from 'react';
import type { ShareBundle } from '../share/bundle.ts';
import { type DisplayUnit, displayUnit } from '../studio/displayUnit.ts';
import { countAbove, peakOf } from '../studio/histogram.ts';
import {
  formatCount,
  formatPercent,
  formatSignificant,
  isLengthUnit,
  type LengthUnit,
  unitSymbol,
} from '../studio/units.ts';
import { Facts } from '../ui/parts/Facts.tsx';
import { Section } from '../ui/parts/Section.tsx';
import { Switch } from '../ui/parts/Switch.tsx';
import type { Viewer } from '../viewer/viewer.ts';
import type { Look } from './ShareView.tsx';

interface Props {
  readonly bundle: ShareBundle;
  readonly look: Look;
  readonly onChange: (patch: Partial<Look>) => void;
  readonly viewer: RefObject<Viewer | null>;
}

export function SharePanel({ bundle, look, onChange, viewer }: Props) {
  const lengthUnit = isLengthUnit(bundle.unit) ? bundle.unit : 'file';
  const unit = displayUnit(bundle.frame.radius, lengthUnit);
  return (
    <aside className="view-panel" aria-label="Details">
      <ResultFacts bundle={bundle} unit={unit} />
      <Threshold bundle={bundle} unit={unit} look={look} onChange={onChange} />
      <Shape bundle={bundle} look={look} onChange={onChange} />
      <Regions bundle={bundle} unit={unit} lengthUnit={lengthUnit} viewer={viewer} />
      <Notes bundle={bundle} viewer={viewer} />
      <About bundle={bundle} />
    </aside>
  );
}

function ResultFacts({ bundle, unit }: { readonly bundle: ShareBundle; readonly unit: DisplayUnit }) {
  const { result, score, provenance } = bundle;
  const peak = useMemo(() => peakOf(score), [score]);
  return (
    <Section title="Result">
      <Facts
        facts={[
          ['Object score', unit.format(result.objectScore)],
          ['Limit', result.objectThreshold === null ? '–' : unit.format(result.objectThreshold)],
          ['Peak', unit.format(peak)],
        ]}
      />
      {provenance.calibration !== '' && <p className="note">Limit: {provenance.calibration}.</p>}
    </Section>
  );
}

interface ThresholdProps {
  readonly bundle: ShareBundle;
  readonly unit: DisplayUnit;
  readonly look: Look;
  readonly onChange: (patch: Partial<Look>) => void;
}

function Threshold({ bundle, unit, look, onChange }: ThresholdProps) {
  const id = useId();
  const { score, view } = bundle;
  const above = useMemo(() => countAbove(score, look.threshold), [score, look.threshold]);
  const most = Math.max(view.high, view.threshold) * 1.05 || 1;
  return (
    <Section title="Threshold">
      <div className="field">
        <label htmlFor={id}>
          Points above it are coloured <span className="value">{unit.format(look.threshold)}</span>
        </label>
        <input
          id={id}
          type="range"
          min={0}
          max={most}
          step={most / 500}
          value={look.threshold}
          aria-valuetext={unit.format(look.threshold)}
          onChange={(event) => onChange({ threshold: event.currentTarget.valueAsNumber })}
        />
      </div>
      <output aria-label="Points above the threshold">
        <b>{formatCount(above)}</b> of {formatCount(score.length)} points above (
        {formatPercent(above / score.length)})
      </output>
      <button
        type="button"
        className="button"
        disabled={look.threshold === view.threshold}
        onClick={() => onChange({ threshold: view.threshold })}
      >
        As it was shared
      </button>
    </Section>
  );
}

/** What else the scan can show: the part as it should be, cuts into it, what was labelled. */
function Shape({ bundle, look, onChange }: Omit<ThresholdProps, 'unit'>) {
  const id = useId();
  const { offsets, sections, labels } = bundle;
  if (offsets === null && sections.length === 0 && labels === null) return null;
  const text = `${Math.round(look.restore * 100)}\u00a0%`;
  return (
    <Section title="Shape">
      {offsets !== null && (
        <div className="field">
          <label htmlFor={id}>
            Restore: points move to where they should be <span className="value">{text}</span>
          </label>
          <input
            id={id}
            type="range"
            min={0}
            max={1}
            step={0.01}
            value={look.restore}
            aria-valuetext={text}
            onChange={(event) => onChange({ restore: event.currentTarget.valueAsNumber })}
          />
        </div>
      )}
      {sections.length > 0 && (
        <Switch label="Section" on={look.cut} onChange={() => onChange({ cut: !look.cut })} />
      )}
      {labels !== null && (
        <Switch label="Labels" on={look.labels} onChange={() => onChange({ labels: !look.labels })} />
      )}
    </Section>
  );
}

interface RegionsProps {
  readonly bundle: ShareBundle;
  readonly unit: DisplayUnit;
  readonly lengthUnit: LengthUnit;
  readonly viewer: RefObject<Viewer | null>;
}

function Regions({ bundle, unit, lengthUnit, viewer }: RegionsProps) {
  if (bundle.regions.length === 0) return null;
  return (
    <Section title={`Defect regions (${bundle.regions.length})`}>
      <ol className="view-list">
        {bundle.regions.map((region) => (
          <li key={`${region.name}${region.centre.join()}`}>
            <button type="button" onClick={() => viewer.current?.lookAt(region.centre)}>
              <span>{region.name}</span>
              <span className="dim">
                peak {unit.format(region.peak)}
                {region.area !== null && `, ${formatSignificant(region.area)} ${unitSymbol(lengthUnit)}²`}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </Section>
  );
}

function Notes({
  bundle,
  viewer,
}: {
  readonly bundle: ShareBundle;
  readonly viewer: RefObject<Viewer | null>;
}) {
  if (bundle.pins.length === 0) return null;
  return (
    <Section title="Notes">
      <ol className="view-list view-notes">
        {bundle.pins.map((pin, i) => (
          <li key={`${pin.position.join()}${pin.text}`}>
            <button type="button" onClick={() => viewer.current?.lookAt(pin.position)}>
              <span className="view-note-number">{i + 1}</span>
              <span>{pin.text}</span>
            </button>
          </li>
        ))}
      </ol>
    </Section>
  );
}

const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long' });

function About({ bundle }: { readonly bundle: ShareBundle }) {
  const { score, sourcePoints, provenance, labels } = bundle;
  const labelled = useMemo(
    () => labels?.classOf.reduce((sum, label) => sum + Number(label > 0), 0) ?? 0,
    [labels],
  );
  const thinned = sourcePoints > score.length;
  return (
    <Section title="Where it comes from">
      <Facts
        facts={[
          [
            'Points',
            thinned
              ? `${formatCount(score.length)} of ${formatCount(sourcePoints)}`
              : formatCount(score.length),
          ],
          ...(labelled > 0 ? [['Labelled', `${formatCount(labelled)} points`] as const] : []),
          ['Model', provenance.model],
          ['Model hash', <code key="hash">{provenance.modelHash.slice(0, 12)}</code>],
          ['Shared', DATE.format(provenance.created)],
        ]}
      />
      {thinned && (
        <p className="note">
          Thinned out to be shared: points above the threshold were kept, the others evenly.
        </p>
      )}
    </Section>
  );
}
