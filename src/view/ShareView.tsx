/** The heatmap with everything that was shared beside it. */

import { useMemo, useRef, useState } from 'react';
import { COLOUR_MAPS, colourTable } from '../core/colourMaps.ts';
import type { PointCloud } from '../core/types.ts';
import type { ShareBundle } from '../share/bundle.ts';
import { displayUnit } from '../studio/displayUnit.ts';
import { isLengthUnit } from '../studio/units.ts';
import { VERDICT_TEXT } from '../studio/verdictWords.ts';
import { cssStops } from '../ui/legend/axis.ts';
import { Icon } from '../ui/parts/Icon.tsx';
import type { Viewer } from '../viewer/viewer.ts';
import type { ViewAddress } from './address.ts';
import { openInStudio } from './openInStudio.ts';
import type { Opened } from './openShare.ts';
import { SharePanel } from './SharePanel.tsx';
import { ShareViewport } from './ShareViewport.tsx';

interface Props {
  readonly opened: Opened;
  readonly address: ViewAddress;
}

/** How it is looked at; begins as it was shared. */
export interface Look {
  readonly heatmap: boolean;
  /** Model units. */
  readonly threshold: number;
  /** How far every point is moved back to where it would be on a good part, 0..1. */
  readonly restore: number;
  readonly cut: boolean;
  /** Classes that were given, in their colours. */
  readonly labels: boolean;
}

const ICONS = { ok: 'check', 'not-ok': 'alert', uncalibrated: 'dash', 'not-aligned': 'dash' } as const;

function cloudOf({ name, positions, origin }: ShareBundle): PointCloud {
  return { id: 'shared', name, positions, origin, normals: null, colours: null, faces: null, attributes: {} };
}

export function ShareView({ opened, address }: Props) {
  const { bundle } = opened;
  const { view, result } = bundle;
  const viewer = useRef<Viewer | null>(null);
  const cloud = useMemo(() => cloudOf(bundle), [bundle]);
  const [look, setLook] = useState<Look>({
    heatmap: view.heatmap,
    threshold: view.threshold,
    restore: 0,
    cut: bundle.sections.length > 0,
    labels: false,
  });
  const change = (patch: Partial<Look>) => setLook((before) => ({ ...before, ...patch }));
  return (
    <div className={address.embedded ? 'view-page view-embedded' : 'view-page'}>
      <header className="view-head">
        <h1 className="ellipsis" title={bundle.name}>
          {bundle.name}
        </h1>
        <output className={`verdict verdict-${result.verdict}`} aria-label="Verdict">
          <Icon name={ICONS[result.verdict]} />
          {VERDICT_TEXT[result.verdict]}
        </output>
        {address.hosted && <Actions opened={opened} address={address} />}
      </header>
      <main className="view-stage">
        <ShareViewport bundle={bundle} cloud={cloud} look={look} viewer={viewer} onChange={change} />
        <ColourBar bundle={bundle} look={look} />
      </main>
      {!address.embedded && <SharePanel bundle={bundle} look={look} onChange={change} viewer={viewer} />}
    </div>
  );
}

function Actions({ opened, address }: Props) {
  if (address.embedded)
    return (
      <a
        className="button"
        href={window.location.href.replace(/[?&]embed=1/, '')}
        target="_blank"
        rel="noopener noreferrer"
      >
        Open <span className="visually-hidden">the whole page in a new tab</span>
      </a>
    );
  return (
    <button type="button" className="button" onClick={() => openInStudio(address.base, opened.bytes)}>
      <Icon name="open" />
      <span>Open in studio</span>
    </button>
  );
}

/** What the colours mean. */
function ColourBar({ bundle, look }: { readonly bundle: ShareBundle; readonly look: Look }) {
  const { view, frame } = bundle;
  const table = useMemo(() => colourTable(view.colourMap), [view.colourMap]);
  if (!look.heatmap) return null;
  const unit = displayUnit(frame.radius, isLengthUnit(bundle.unit) ? bundle.unit : 'file');
  const map = COLOUR_MAPS.find((known) => known.id === view.colourMap)!;
  const width = Math.max(1e-9, view.high - view.low);
  const share = Math.min(1, Math.max(0, (look.threshold - view.low) / width));
  return (
    <figure className="colour-bar" style={{ '--stops': cssStops(table, map), '--share': share }}>
      <figcaption>
        Distance from <br />a good part
      </figcaption>
      <div className="colour-bar-strip" aria-hidden="true">
        <div className="colour-bar-good" />
      </div>
      <ul>
        <li className="colour-bar-high">≥ {unit.format(view.high)}</li>
        <li className="colour-bar-threshold">{unit.format(look.threshold)}</li>
        <li className="colour-bar-low">{unit.format(view.low)}</li>
      </ul>
    </figure>
  );
}
