/** Predicted regions as suggestions: each is accepted into the chosen class or rejected, by button or key. */

import type { LabelClass } from '../../core/labels/labelSet.ts';
import type { RegionKind } from '../../studio/regionState.ts';
import type { Suggestion, SuggestionStatus } from '../../studio/suggestions.ts';
import { formatCount } from '../../studio/units.ts';
import { FoldSection } from '../inspect/FoldSection.tsx';
import { useRegions } from '../inspect/useRegions.ts';
import { IconButton } from '../parts/IconButton.tsx';
import { useActiveScan, useDisplayUnit } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { useSuggestions } from './useSuggestions.ts';

const KINDS: Readonly<Record<RegionKind, string>> = { bulge: '+ bulge', dent: '− dent', mixed: 'mixed' };
/** Further ones come when these are settled. */
const MOST = 20;

export function SuggestionsPanel({ classes }: { readonly classes: readonly LabelClass[] }) {
  const suggestions = useSuggestions();
  const shown = useStudio((state) => state.regions.shown);
  const active = useStudio((state) => state.labels.activeClass);
  const { acceptAllSuggestions, stepSuggestion } = useCommands();
  const open = suggestions.filter(({ status }) => status === 'open');
  const name = classes.find(({ number }) => number === active)?.name ?? `class ${active}`;
  const listed = suggestions.filter(
    ({ status, at }) => status !== 'open' || open.length <= MOST || at < MOST,
  );
  return (
    <FoldSection
      title="Suggestions"
      action={
        <span className="row">
          <IconButton
            icon="previous"
            label="Previous suggestion"
            keys="Shift+N"
            disabled={open.length === 0}
            onClick={() => stepSuggestion(-1)}
          />
          <IconButton
            icon="next"
            label="Next suggestion"
            keys="N"
            disabled={open.length === 0}
            onClick={() => stepSuggestion(1)}
          />
        </span>
      }
    >
      <output className="note" aria-label="Suggested regions">
        <Summary suggestions={suggestions} open={open.length} />
      </output>
      {suggestions.length > 0 && (
        <>
          <ul className="suggestions" aria-label="Suggestions">
            {listed.slice(0, 2 * MOST).map((suggestion) => (
              <SuggestionRow
                key={suggestion.region.peak}
                suggestion={suggestion}
                current={suggestion.at === shown}
                className={name}
              />
            ))}
          </ul>
          <button
            type="button"
            className="button button-small"
            disabled={open.length === 0}
            onClick={acceptAllSuggestions}
          >
            Accept all {formatCount(open.length)} as {name}
          </button>
        </>
      )}
    </FoldSection>
  );
}

function Summary({
  suggestions,
  open,
}: {
  readonly suggestions: readonly Suggestion[];
  readonly open: number;
}) {
  const scored = useActiveScan()?.analysis != null;
  const found = useRegions() !== null;
  if (!scored) return 'Known when the scan is scored.';
  if (!found) return 'Looking for regions …';
  if (suggestions.length === 0) return 'Nothing lies above the threshold.';
  return open === 0
    ? `All ${formatCount(suggestions.length)} regions above the threshold are settled.`
    : `${formatCount(open)} of ${formatCount(suggestions.length)} regions above the threshold are open.`;
}

const WORDS: Readonly<Record<SuggestionStatus, string>> = {
  open: '',
  accepted: 'labelled',
  rejected: 'rejected',
};

interface RowProps {
  readonly suggestion: Suggestion;
  readonly current: boolean;
  /** The class it would get. */
  readonly className: string;
}

function SuggestionRow({ suggestion: { region, at, status }, current, className }: RowProps) {
  const unit = useDisplayUnit();
  const { showRegion, acceptSuggestion, rejectSuggestion } = useCommands();
  return (
    <li className={`suggestion suggestion-${status}${current ? ' current' : ''}`}>
      <button
        type="button"
        className="scan-name"
        aria-label={`Go to suggestion ${at + 1}`}
        aria-pressed={current}
        onClick={() => showRegion(at)}
      >
        <span className="ellipsis">
          <b>{at + 1}</b> {KINDS[region.kind]}, {unit.format(region.peakScore)}
        </span>
        <span className="dim">{status === 'open' ? formatCount(region.rows.length) : WORDS[status]}</span>
      </button>
      <IconButton
        icon="check"
        label={`Accept suggestion ${at + 1} as ${className}`}
        keys="Y"
        disabled={status === 'accepted'}
        onClick={() => acceptSuggestion(at)}
      />
      <IconButton
        icon={status === 'rejected' ? 'reset' : 'close'}
        label={status === 'rejected' ? `Suggest ${at + 1} again` : `Reject suggestion ${at + 1}`}
        keys="X"
        disabled={status === 'accepted'}
        onClick={() => rejectSuggestion(at)}
      />
    </li>
  );
}
