/** The result against a tolerance, in the words of metrology. */

import { useMemo } from 'react';
import { areasBeyond, deviationsOf, TOLERANCE_TEXT } from '../../studio/deviations.ts';
import { judgeOf } from '../../studio/referenceState.ts';
import { formatCount, formatPercent, formatSignificant } from '../../studio/units.ts';
import { Facts } from '../parts/Facts.tsx';
import { Icon } from '../parts/Icon.tsx';
import {
  useAcceptedPoints,
  useActiveScan,
  useDisplayUnit,
  useHeatmapScale,
  useLeftOutPoints,
  useSignedOffsets,
} from '../useHeatmap.ts';
import { useStudio } from '../useStudio.ts';
import { useToleranceVerdict } from '../useToleranceVerdict.ts';
import { useRegions } from './useRegions.ts';

const DASH = '–';

export function ToleranceResult() {
  const scan = useActiveScan();
  const { threshold: tolerance } = useHeatmapScale();
  const found = useRegions();
  const accepted = useAcceptedPoints();
  const aligned = scan?.summary?.verdict !== 'not-aligned';
  const verdict = useToleranceVerdict();
  const tone = verdict === null ? 'none' : verdict === 'in' ? 'ok' : 'not-ok';
  const text = verdict === null ? (aligned ? 'Measuring …' : 'NO VERDICT') : TOLERANCE_TEXT[verdict];
  const unit = useDisplayUnit();
  const areas = found === null ? 0 : areasBeyond(found, accepted);
  return (
    <>
      <output className={`verdict verdict-${tone}`} aria-label="Verdict">
        <Icon name={verdict === null ? 'dash' : verdict === 'in' ? 'check' : 'alert'} />
        {scan?.analysis == null ? 'No verdict' : text}
      </output>
      <DeviationFacts tolerance={tolerance} />
      <p className="note">
        {verdict === 'out' && `${areas === 1 ? '1 area lies' : `${formatCount(areas)} areas lie`} beyond ±`}
        {verdict === 'in' && 'No area lies beyond ±'}
        {verdict !== null && `${unit.format(tolerance)}. `}
        An area is neighbouring points; single points beyond the tolerance do not count.
      </p>
      <PredictedCaution />
    </>
  );
}

function DeviationFacts({ tolerance }: { readonly tolerance: number }) {
  const signed = useSignedOffsets();
  const out = useLeftOutPoints();
  const unit = useDisplayUnit();
  const found = useMemo(
    () => (signed === null || signed.length === 0 ? null : deviationsOf(signed, tolerance, out)),
    [signed, tolerance, out],
  );
  const written = (value: number) =>
    `${value > 0 ? '+' : ''}${formatSignificant(value * unit.perModelUnit)}\u00a0${unit.symbol}`;
  const within = found === null ? DASH : formatPercent(1 - found.beyond / found.points);
  return (
    <Facts
      facts={[
        ['Tolerance', `±${unit.format(tolerance)}`],
        ['Within', found === null ? DASH : `${within}, ${formatCount(found.beyond)} points beyond`],
        ['Highest', found === null ? DASH : written(found.highest)],
        ['Lowest', found === null ? DASH : written(found.lowest)],
        ['Mean', found === null ? DASH : written(found.mean)],
        ['Std. deviation', found === null ? DASH : unit.format(found.spread)],
      ]}
    />
  );
}

/** Only distances to good scans are measured; a network says what it expects. */
function PredictedCaution() {
  const scan = useActiveScan();
  const measured = useStudio((state) => {
    const judge = scan === null ? null : judgeOf(state, scan);
    return judge?.kind === 'good' && judge.detector === 'residual';
  });
  if (scan?.analysis == null || measured) return null;
  return (
    <p className="note caution">
      <Icon name="alert" />
      <span>
        These deviations are what a network predicts. To measure them, give a good scan and choose “Distance
        to the good scans”.
      </span>
    </p>
  );
}
