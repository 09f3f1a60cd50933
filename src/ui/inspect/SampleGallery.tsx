/** The bundled samples, by part; the part that the model knows comes first. */

import { useId, useMemo } from 'react';
import { type SampleEntry, samplesByPart } from '../../studio/catalogue.ts';
import { formatCount } from '../../studio/units.ts';
import { useCommands, useStudio } from '../useStudio.ts';

export function SampleGallery() {
  const samples = useStudio((state) => state.samples?.entries ?? null);
  const modelPart = useStudio((state) => (state.model.phase === 'ready' ? state.model.entry.part : ''));
  const groups = useMemo(() => samplesByPart(samples ?? [], modelPart), [samples, modelPart]);
  if (samples === null) return <p className="note">Loading …</p>;
  if (samples.length === 0) return <p className="note">No samples came with this page.</p>;
  return (
    <div className="galleries">
      {groups.map(({ part, entries }) => (
        <Group key={part} part={part} known={part === modelPart} entries={entries} />
      ))}
    </div>
  );
}

interface GroupProps {
  readonly part: string;
  /** The loaded model was trained on this part. */
  readonly known: boolean;
  readonly entries: readonly SampleEntry[];
}

function Group({ part, known, entries }: GroupProps) {
  const id = useId();
  const active = useStudio((state) => {
    const scan = state.scans.find((other) => other.id === (state.wantedId ?? state.activeId));
    return scan?.origin.kind === 'sample' ? scan.origin.sample.id : null;
  });
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>
        <span className="part">{part}</span>
        {known && ' · the model’s part'}
      </h3>
      <ul className="gallery" aria-labelledby={id}>
        {entries.map((sample) => (
          <li key={sample.id}>
            <SampleCard sample={sample} current={sample.id === active} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function SampleCard({ sample, current }: { readonly sample: SampleEntry; readonly current: boolean }) {
  const { openSample } = useCommands();
  return (
    <button
      type="button"
      className="sample"
      aria-current={current ? 'true' : undefined}
      onClick={() => openSample(sample.id)}
    >
      <span className="thumb">
        {sample.thumbnail !== null && (
          <img src={`samples/${sample.thumbnail}`} alt="" loading="lazy" width={72} height={72} />
        )}
      </span>
      <span className="sample-text">
        <span className="sample-title">{sample.title}</span>
        <span className="dim">
          {sample.kind === 'good' ? 'good part' : (sample.defect ?? 'defect')}
          {sample.points > 0 && ` · ${formatCount(sample.points)} points`}
        </span>
      </span>
    </button>
  );
}
