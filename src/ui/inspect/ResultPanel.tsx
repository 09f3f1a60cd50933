/** The verdict on the scan, against the model's own limit, and how that limit was set. */

import { useId, useMemo } from 'react';
import {
  isObjectRuleId,
  OBJECT_RULE_IDS,
  OBJECT_RULES,
  type ObjectRuleId,
  ruleWords,
} from '../../core/objectRule.ts';
import { alignmentWords } from '../../studio/alignmentWords.ts';
import { peakOf } from '../../studio/histogram.ts';
import { limitOf, limitWords } from '../../studio/judging.ts';
import {
  calibrationInForce,
  isMetrology,
  type ModelSummary,
  modelSummary,
  type Scan,
  type Verdict,
} from '../../studio/state.ts';
import {
  formatCount,
  formatModelLength,
  formatPercent,
  formatSignificant,
  MODEL_UNIT,
} from '../../studio/units.ts';
import { VERDICT_TEXT } from '../../studio/verdictWords.ts';
import { Facts } from '../parts/Facts.tsx';
import { Icon, type IconName } from '../parts/Icon.tsx';
import { useActiveScan, useDisplayUnit, useJudgedScore } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { FoldSection } from './FoldSection.tsx';
import { ToleranceResult } from './ToleranceResult.tsx';

const ICONS: Readonly<Record<Verdict, IconName>> = {
  ok: 'check',
  'not-ok': 'alert',
  uncalibrated: 'dash',
  'not-aligned': 'dash',
};

export function ResultPanel() {
  const scan = useActiveScan();
  const model = useStudio(modelSummary);
  const rule = useStudio((state) => state.view.objectRule);
  const metrology = useStudio(isMetrology);
  return (
    <FoldSection title="Result">
      {metrology ? (
        <ToleranceResult />
      ) : (
        <>
          <VerdictChip scan={scan} />
          <Numbers scan={scan} />
          <RuleChoice scan={scan} />
          <p className="note">{explain(scan, model, rule)}</p>
        </>
      )}
      <AcceptedNote scan={scan} />
      <AlignmentNote scan={scan} />
      <PartCaution scan={scan} />
    </FoldSection>
  );
}

function VerdictChip({ scan }: { readonly scan: Scan | null }) {
  const verdict = scan?.analysis == null ? undefined : scan.summary?.verdict;
  const waiting = scan?.status.kind === 'working' || scan?.status.kind === 'waiting';
  const text = verdict === undefined ? (waiting ? 'Scoring …' : 'No verdict') : VERDICT_TEXT[verdict];
  return (
    <output className={`verdict verdict-${verdict ?? 'none'}`} aria-label="Verdict">
      <Icon name={verdict === undefined ? 'dash' : ICONS[verdict]} />
      {text}
    </output>
  );
}

/** Dashes hold the place of numbers that have not come yet: nothing moves when they do. */
function Numbers({ scan }: { readonly scan: Scan | null }) {
  const unit = useDisplayUnit();
  const rule = useStudio((state) => state.view.objectRule);
  const limit = limitOf(useStudio(calibrationInForce), rule);
  const judged = useJudgedScore();
  const peak = useMemo(() => (judged === null ? null : peakOf(judged)), [judged]);
  const score = judged === null ? null : (scan?.summary?.objectScore ?? null);
  const both = (value: number | null) =>
    value === null ? (
      '–'
    ) : (
      <>
        {unit.format(value)}
        {unit.symbol !== MODEL_UNIT && <span className="dim"> {formatModelLength(value)}</span>}
      </>
    );
  return (
    <>
      <ScoreGauge score={score} limit={limit} />
      <Facts
        facts={[
          ['Object score', both(score)],
          ['Limit', both(limit)],
          ['Peak', both(peak)],
        ]}
      />
    </>
  );
}

/** Which number of the points' scores is compared with the limit. */
function RuleChoice({ scan }: { readonly scan: Scan | null }) {
  const id = useId();
  const chosen = useStudio((state) => state.view.objectRule);
  const { setObjectRule } = useCommands();
  const own = scan?.summary?.basis.ownRule;
  return (
    <div className="field">
      <label htmlFor={id}>Object score by</label>
      <select
        id={id}
        value={chosen ?? 'own'}
        onChange={(event) => {
          const { value } = event.currentTarget;
          setObjectRule(isObjectRuleId(value) ? value : null);
        }}
      >
        <option value="own">As calibrated{own === undefined ? '' : `: ${ruleWords(own)}`}</option>
        {OBJECT_RULE_IDS.map((rule) => (
          <option key={rule} value={rule}>
            {capitalised(ruleWords(OBJECT_RULES[rule]))}
          </option>
        ))}
      </select>
    </div>
  );
}

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** How far the object score lies from its limit: the limit is the middle of the bar. */
function ScoreGauge({ score, limit }: { readonly score: number | null; readonly limit: number | null }) {
  const share = score === null || limit === null ? 0 : Math.min(1, score / (2 * limit));
  return (
    <div className="gauge" aria-hidden="true">
      <div className={share > 0.5 ? 'gauge-bad' : 'gauge-ok'} style={{ width: `${share * 100}%` }} />
    </div>
  );
}

function explain(scan: Scan | null, model: ModelSummary | null, rule: ObjectRuleId | null): string {
  if (scan === null) return 'Open a scan or choose a sample.';
  const { analysis } = scan;
  if (analysis === null && model === null) return 'Nothing to judge it by yet: give a good scan of the part.';
  const calibration = analysis === null ? (model?.calibration ?? null) : analysis.calibration;
  return limitWords(calibration, rule);
}

function AcceptedNote({ scan }: { readonly scan: Scan | null }) {
  const accepted = scan?.analysis == null ? 0 : (scan.summary?.accepted ?? 0);
  if (accepted === 0) return null;
  return <p className="note">Without {formatCount(accepted)} points that were accepted as normal.</p>;
}

/** How the scan lies on the good ones, and what to do when it does not. */
function AlignmentNote({ scan }: { readonly scan: Scan | null }) {
  const { scaleScan } = useCommands();
  const alignment = scan?.analysis?.alignment ?? null;
  if (scan === null || alignment === null) return null;
  const { verdict, unseen, unitFactor } = alignment;
  const good = verdict === 'aligned';
  return (
    <>
      <p className={`note ${good ? '' : 'caution'}`}>
        {!good && <Icon name="alert" />}
        <span>
          {alignmentWords(alignment, scan.unit)}
          {good && unseen >= 0.01 && ` ${formatPercent(unseen)} of the good part were not scanned.`}
        </span>
      </p>
      {verdict === 'other-unit' && (
        <button type="button" className="button button-wide" onClick={() => scaleScan(scan.id, unitFactor)}>
          {unitFactor > 1
            ? `Multiply its coordinates by ${formatSignificant(unitFactor, 4)}`
            : `Divide its coordinates by ${formatSignificant(1 / unitFactor, 4)}`}
        </button>
      )}
    </>
  );
}

/** A model knows one part; on any other everything looks wrong, and that must be said. */
function PartCaution({ scan }: { readonly scan: Scan | null }) {
  const entry = useStudio((state) => (state.model.phase === 'ready' ? state.model.entry : null));
  const hash = useStudio((state) => (state.model.phase === 'ready' ? state.model.summary.hash : null));
  if (scan === null || entry === null || entry.part === '' || scan.analysis?.map.modelHash !== hash)
    return null;
  const sample = scan.origin.kind === 'sample' ? scan.origin.sample : null;
  if (sample?.part === entry.part) return null;
  return (
    <p className="note caution">
      <Icon name="alert" />
      <span>
        {sample === null
          ? `This model was trained on one part, “${entry.part}”. On any other part its scores mean little: give a good scan to compare with.`
          : `This model was trained on “${entry.part}”; this is a scan of “${sample.part}”. Its scores mean little here.`}
      </span>
    </p>
  );
}
