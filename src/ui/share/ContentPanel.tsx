/** What leaves this machine: the view, the points, and what is known of them. Nothing else does. */

import { useId } from 'react';
import type { SharePlan } from '../../studio/shareState.ts';
import { formatCount } from '../../studio/units.ts';
import { SECTION_IDS } from '../../studio/viewToolState.ts';
import { Facts } from '../parts/Facts.tsx';
import { Section } from '../parts/Section.tsx';
import { Switch } from '../parts/Switch.tsx';
import { useActiveScan, useScanLabels } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { THUMBNAIL, useThumbnail } from './useSharedView.ts';

export function ContentPanel() {
  const plan = useStudio((state) => state.share.plan);
  const short = useStudio((state) => state.share.options.way === 'link');
  const sections = useStudio(({ viewTools }) => SECTION_IDS.filter((id) => viewTools.sections[id].on).length);
  return (
    <Section title="What leaves">
      <Thumbnail />
      <Facts
        facts={[
          ['Points', pointsText(plan)],
          ['With them', `positions, scores, this view and its colours${sectionsText(sections)}`],
        ]}
      />
      <NameField />
      <CommentField />
      <PinsSwitch />
      {short ? (
        <p className="note">A link that holds the data has no room for offsets, labels and exact scores.</p>
      ) : (
        <Extras />
      )}
      <p className="note">
        Never included: the file, its folder, normals and colours of the file, the model, other scans.
      </p>
    </Section>
  );
}

function sectionsText(count: number): string {
  return count === 0 ? '' : `, ${count} ${count === 1 ? 'section plane' : 'section planes'}`;
}

function pointsText(plan: SharePlan): string {
  if (plan.kind !== 'ready') return '–';
  const { points, sourcePoints } = plan;
  return points === sourcePoints
    ? formatCount(points)
    : `${formatCount(points)} of ${formatCount(sourcePoints)}`;
}

function Thumbnail() {
  const picture = useThumbnail();
  return (
    <figure className="share-thumbnail">
      {picture !== null && (
        <img src={picture} width={THUMBNAIL.width} height={THUMBNAIL.height} alt="The view as it will open" />
      )}
      <figcaption className="note">It opens with the view you see now.</figcaption>
    </figure>
  );
}

function NameField() {
  const id = useId();
  const scan = useActiveScan()?.name ?? '';
  const name = useStudio((state) => state.share.options.name);
  const { setShareOptions } = useCommands();
  return (
    <div className="field">
      <label htmlFor={id}>Name that is shown</label>
      <input
        id={id}
        className="text-input"
        type="text"
        maxLength={200}
        autoComplete="off"
        value={name ?? scan}
        onChange={(event) => setShareOptions({ name: event.currentTarget.value })}
        onBlur={() => {
          if (name?.trim() === '') setShareOptions({ name: null });
        }}
      />
    </div>
  );
}

function CommentField() {
  const id = useId();
  const comment = useStudio((state) => state.share.options.comment);
  const { setShareOptions } = useCommands();
  return (
    <div className="field">
      <label htmlFor={id}>Comment, pinned in the middle of the view</label>
      <textarea
        id={id}
        className="text-input"
        rows={2}
        maxLength={1000}
        placeholder="Look at this, here. (A double click on the part brings a place to the middle.)"
        value={comment}
        onChange={(event) => setShareOptions({ comment: event.currentTarget.value })}
      />
    </div>
  );
}

function PinsSwitch() {
  const on = useStudio((state) => state.share.options.pins);
  const count = useScanLabels()?.set.pins.length ?? 0;
  const { setShareOptions } = useCommands();
  if (count === 0) return null;
  const what = count === 1 ? 'The pin and its comment' : `${count} pins and their comments`;
  return <Switch label={what} on={on} onChange={() => setShareOptions({ pins: !on })} />;
}

function Extras() {
  const { offsets, labels, exact } = useStudio((state) => state.share.options);
  const cloudId = useActiveScan()?.cloud?.id ?? null;
  const labelled = useStudio((state) =>
    cloudId === null
      ? 0
      : (state.labels.scans.get(cloudId)?.set.classOf.findIndex((label) => label > 0) ?? -1) + 1,
  );
  const { setShareOptions } = useCommands();
  return (
    <div className="share-switches">
      <Switch
        label="Offsets, to restore the part"
        on={offsets}
        onChange={() => setShareOptions({ offsets: !offsets })}
      />
      {labelled > 0 && (
        <Switch label="Labels" on={labels} onChange={() => setShareOptions({ labels: !labels })} />
      )}
      <Switch label="Exact scores (16 bits)" on={exact} onChange={() => setShareOptions({ exact: !exact })} />
    </div>
  );
}
