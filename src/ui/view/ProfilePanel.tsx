/** The profile of a section over the 3D view: points of a slab laid flat, coloured by score. */

import { useId } from 'react';
import { profileCsv } from '../../studio/profileExport.ts';
import { saveFile } from '../../studio/saveFile.ts';
import { formatCount, formatLength } from '../../studio/units.ts';
import { SECTION_IDS } from '../../studio/viewToolState.ts';
import { IconButton } from '../parts/IconButton.tsx';
import { useActiveScan, useHeatmapScale, useScoreTable } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { ProfilePlot } from './ProfilePlot.tsx';
import {
  drawProfile,
  type ProfileColours,
  profileSvg,
  profileTexts,
  wholeProfile,
} from './profileDrawing.ts';
import { SECTION_NAMES } from './sectionNames.ts';
import { type ShownProfile, useProfile } from './useProfile.ts';

/** Of saved pictures, pixels. */
const PICTURE = { width: 1200, height: 800 } as const;
/** Points below the threshold on white paper. */
const PAPER_NEUTRAL = '#8f979f';

export function ProfilePanel() {
  const shown = useProfile();
  const colours = useColours();
  if (shown === null) return null;
  return (
    <section className="profile" aria-label={`Profile of the ${SECTION_NAMES[shown.id]} section`}>
      <Head shown={shown} colours={colours} />
      <ProfilePlot shown={shown} colours={colours} />
      <Thickness shown={shown} />
    </section>
  );
}

function useColours(): Omit<ProfileColours, 'neutral'> {
  const analysis = useActiveScan()?.analysis ?? null;
  const heatmap = useStudio((state) => state.view.heatmap);
  // Scores, also while the view tells bulges from dents.
  const table = useScoreTable();
  const { threshold, range } = useHeatmapScale();
  const score = heatmap ? (analysis?.map.score ?? null) : null;
  return { score, table, low: range.low, high: range.high, threshold };
}

interface HeadProps {
  readonly shown: ShownProfile;
  readonly colours: Omit<ProfileColours, 'neutral'>;
}

function Head({ shown, colours }: HeadProps) {
  const scan = useActiveScan();
  const sections = useStudio((state) => state.viewTools.sections);
  const { showProfile } = useCommands();
  const cut = SECTION_IDS.filter((id) => sections[id].on || id === shown.id);
  const stem = `${(scan?.name ?? 'scan').replace(/\.[^.]*$/, '')}_profile_${shown.id}`;
  const paper = { ...colours, neutral: PAPER_NEUTRAL };
  const texts = profileTexts(shown.id, shown.profile, scan?.unit ?? 'file', PICTURE.width);
  const saveSvg = () => {
    const { width, height } = PICTURE;
    const window = wholeProfile(shown.profile, width, height);
    const title = `${scan?.name ?? ''}, ${SECTION_NAMES[shown.id]} section`;
    const svg = profileSvg(shown.profile, paper, window, PICTURE, { ...texts(window), title });
    saveFile(`${stem}.svg`, svg, 'image/svg+xml');
  };
  const saveCsv = () => {
    const score = scan?.analysis?.map.score ?? null;
    const radius = scan?.analysis?.frame.radius ?? 1;
    const csv = profileCsv(shown.cloud, shown.whole(), score, radius, scan?.unit ?? 'file');
    saveFile(`${stem}.csv`, csv, 'text/csv');
  };
  return (
    <header className="profile-head">
      <h2>Profile</h2>
      <fieldset className="profile-choice" aria-label="Section of the profile">
        {cut.map((id) => (
          <button
            key={id}
            type="button"
            className="button button-small"
            aria-pressed={id === shown.id}
            onClick={() => showProfile(id)}
          >
            {SECTION_NAMES[id]}
          </button>
        ))}
      </fieldset>
      <fieldset className="profile-saves" aria-label="Save the profile">
        <button type="button" className="link" onClick={saveSvg}>
          SVG
        </button>
        <button type="button" className="link" onClick={() => savePng(shown, paper, `${stem}.png`)}>
          PNG
        </button>
        <button type="button" className="link" onClick={saveCsv}>
          CSV
        </button>
      </fieldset>
      <IconButton icon="close" label="Close the profile" onClick={() => showProfile(null)} />
    </header>
  );
}

function savePng({ profile }: ShownProfile, colours: ProfileColours, name: string): void {
  const canvas = document.createElement('canvas');
  canvas.width = 2 * PICTURE.width;
  canvas.height = 2 * PICTURE.height;
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.scale(2, 2);
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, PICTURE.width, PICTURE.height);
  drawProfile(context, profile, colours, wholeProfile(profile, PICTURE.width, PICTURE.height));
  canvas.toBlob((blob) => {
    if (blob !== null) saveFile(name, blob, 'image/png');
  }, 'image/png');
}

function Thickness({ shown }: { readonly shown: ShownProfile }) {
  const id = useId();
  const unit = useActiveScan()?.unit ?? 'file';
  const thickness = useStudio((state) => state.viewTools.thickness);
  const { setThickness } = useCommands();
  const { rows, total } = shown.profile;
  return (
    <footer className="profile-foot">
      <label htmlFor={id}>Thickness</label>
      <input
        id={id}
        type="range"
        min={-3}
        max={-0.5}
        step={0.05}
        value={Math.log10(thickness)}
        aria-valuetext={formatLength(shown.thickness, unit)}
        onChange={(event) => setThickness(10 ** event.currentTarget.valueAsNumber)}
      />
      <span>{formatLength(shown.thickness, unit)}</span>
      <output className="dim" aria-label="Points in the profile">
        {rows.length < total
          ? `${formatCount(rows.length)} of ${formatCount(total)} points`
          : `${formatCount(total)} points`}
      </output>
    </footer>
  );
}
