import { describe, expect, it } from 'vitest';
import { bootedStudio } from '../testing/studio.ts';
import { deviationsOf, toleranceVerdict } from './deviations.ts';
import { reportContent } from './reportContent.ts';
import { activeScan, heatmapScale, toleranceInForce } from './state.ts';
import { lengthIn } from './units.ts';

describe('inspection against a tolerance', () => {
  it('counts both sides and tells the ends, the mean and the spread', () => {
    const found = deviationsOf(Float32Array.of(0.5, -0.5, 0.1, -0.25), 0.25);
    expect(found).toMatchObject({ beyond: 2, points: 4, highest: 0.5, lowest: -0.5 });
    expect(found.mean).toBeCloseTo(-0.0375, 6);
    expect(found.spread).toBeCloseTo(
      Math.sqrt((0.5375 ** 2 + 0.4625 ** 2 + 0.1375 ** 2 + 0.2125 ** 2) / 4),
      6,
    );
    expect(deviationsOf(new Float32Array(5).fill(0.1), 1).spread).toBeLessThan(1e-6);
  });

  it('takes the threshold of what judges until one is typed, keeps it as a length, and follows the threshold keys', async () => {
    const { store, commands } = await bootedStudio();
    const state = () => store.getState();
    expect(toleranceInForce(state())).toBeNull();
    commands.toggleMetrology();
    expect(toleranceInForce(state())).toBe(0.03);
    // 1 R of this scan is 40 mm.
    commands.setThreshold(0.01);
    expect(state().view.tolerance).toEqual({ value: 0.4, unit: 'mm' });
    expect(heatmapScale(state())).toMatchObject({ threshold: 0.01, range: { low: 0, high: 0.03 } });
    commands.placeScan(state().activeId!, { unit: 'cm' });
    expect(toleranceInForce(state())).toBeCloseTo(0.001, 12);
    commands.placeScan(state().activeId!, { unit: 'mm' });
    commands.nudgeThreshold(5);
    expect(toleranceInForce(state())).toBeGreaterThan(0.01);
    // Neither the threshold of scores nor other modes are touched.
    expect(state().view.threshold).toBeNull();
    commands.setMode('label');
    expect(heatmapScale(state()).threshold).toBe(0.03);
    commands.setMode('inspect');
    commands.setThreshold(null);
    expect(state().view.tolerance).toBeNull();
  });

  it('is out of tolerance where an area lies beyond, and says so in the report', async () => {
    const { store, commands } = await bootedStudio();
    commands.toggleMetrology();
    await commands.findRegions();
    const { found } = store.getState().regions;
    expect(toleranceVerdict(found, 0.03, null)).toBe('out');
    expect(toleranceVerdict(found, 0.02, null)).toBeNull();
    const scan = activeScan(store.getState())!;
    const judged = { ...scan, cloud: scan.cloud!, analysis: scan.analysis! };
    const { basis } = reportContent(store.getState(), judged, '', 0);
    expect(basis.join(' ').replaceAll('\u00a0', ' ')).toContain(
      'Tolerance ±1.20 mm: OUT OF TOLERANCE, 1 area',
    );
  });

  it('knows lengths of other units, and leaves those of unknown ones as they are', () => {
    expect(lengthIn(1, 'in', 'mm')).toBe(25.4);
    expect(lengthIn(250, 'um', 'cm')).toBeCloseTo(0.025, 12);
    expect(lengthIn(3, 'file', 'mm')).toBe(3);
  });
});
