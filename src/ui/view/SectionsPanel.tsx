/** Section planes: on or off, where, which side is cut away, and the direction of the free one. */

import { useId } from 'react';
import { extentAlong } from '../../core/sections.ts';
import type { Vec3 } from '../../core/types.ts';
import { formatLength } from '../../studio/units.ts';
import { SECTION_IDS, type SectionId } from '../../studio/viewToolState.ts';
import { FoldSection } from '../inspect/FoldSection.tsx';
import { IconButton } from '../parts/IconButton.tsx';
import { NumberField } from '../parts/NumberField.tsx';
import { Switch } from '../parts/Switch.tsx';
import { useActiveScan, useDisplayUnit } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { useViewer } from '../useViewer.ts';
import { SECTION_NAMES } from './sectionNames.ts';
import { useBox } from './useBox.ts';

export function SectionsPanel() {
  const ready = useActiveScan()?.cloud != null;
  const used = useStudio((state) => SECTION_IDS.some((id) => state.viewTools.sections[id].on));
  return (
    <FoldSection title="Sections" folded={!used}>
      {ready ? (
        SECTION_IDS.map((id) => <SectionRow key={id} id={id} />)
      ) : (
        <p className="note">Cut the scan open once one is there.</p>
      )}
    </FoldSection>
  );
}

function SectionRow({ id }: { readonly id: SectionId }) {
  const { on } = useStudio((state) => state.viewTools.sections[id]);
  const { toggleSection } = useCommands();
  const keys = id === 'free' ? {} : { keys: id.toUpperCase() };
  return (
    <div className="section-row">
      <Switch label={SECTION_NAMES[id]} {...keys} on={on} onChange={() => toggleSection(id)} />
      {on && <SectionControls id={id} />}
    </div>
  );
}

function SectionControls({ id }: { readonly id: SectionId }) {
  const slider = useId();
  const box = useBox();
  const scan = useActiveScan();
  const unit = useDisplayUnit();
  const section = useStudio((state) => state.viewTools.sections[id]);
  const profile = useStudio((state) => state.viewTools.profile);
  const { setSection, showProfile } = useCommands();
  if (box === null || scan?.cloud == null) return null;
  const { normal, share, flipped } = section;
  const [low, high] = extentAlong(normal, box);
  // As in the file: what the coordinates were moved by is added again.
  const moved = normal.reduce((sum, part, axis) => sum + part * scan.cloud!.origin[axis]!, 0);
  const place = low + share * (high - low) + moved;
  return (
    <>
      {id === 'free' && <Direction normal={normal} />}
      <label className="visually-hidden" htmlFor={slider}>
        Place of the {SECTION_NAMES[id]} section
      </label>
      <input
        id={slider}
        type="range"
        min={0}
        max={1}
        step={0.002}
        value={share}
        aria-valuetext={formatLength(place, scan.unit, 4)}
        onChange={(event) => setSection(id, { share: event.currentTarget.valueAsNumber })}
      />
      <div className="row">
        <NumberField
          label="At"
          value={place}
          unit={unit.symbol}
          onCommit={(value) => {
            if (high > low) setSection(id, { share: (value - moved - low) / (high - low) });
          }}
        />
        <IconButton
          icon="flip"
          label={`Cut the other side of the ${SECTION_NAMES[id]} section away`}
          pressed={flipped}
          onClick={() => setSection(id, { flipped: !flipped })}
        />
        <IconButton
          icon="profile"
          label={`Profile of the ${SECTION_NAMES[id]} section`}
          pressed={profile === id}
          onClick={() => showProfile(profile === id ? null : id)}
        />
      </div>
    </>
  );
}

/** The direction the free plane faces: three numbers, or where one looks from. */
function Direction({ normal }: { readonly normal: Vec3 }) {
  const viewer = useViewer();
  const { setSection } = useCommands();
  return (
    <>
      <fieldset className="row" aria-label="Direction of the free section">
        {(['X', 'Y', 'Z'] as const).map((axis, at) => (
          <NumberField
            key={axis}
            label={axis}
            value={normal[at]!}
            unit=""
            onCommit={(value) => setSection('free', { normal: replaced(normal, at, value) })}
          />
        ))}
      </fieldset>
      <button
        type="button"
        className="button button-small"
        onClick={() => {
          const direction = viewer.current?.direction();
          if (direction != null) setSection('free', { normal: direction });
        }}
      >
        Face the viewer
      </button>
    </>
  );
}

function replaced([x, y, z]: Vec3, at: number, value: number): Vec3 {
  return [at === 0 ? value : x, at === 1 ? value : y, at === 2 ? value : z];
}
