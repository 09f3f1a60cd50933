/** Commands for how a scan is looked at: heatmap, threshold, range, points, theme, panels. */

import { type ColourMapId, nextColourMap } from '../../core/colourMaps.ts';
import type { ObjectRuleId } from '../../core/objectRule.ts';
import { type ScoreRange, thresholdStep } from '../heatmapScale.ts';
import { judge } from '../judging.ts';
import type { KeyChord } from '../keyChoices.ts';
import type { ModeId } from '../modes.ts';
import {
  activeScan,
  heatmapScale,
  isMetrology,
  type PanelState,
  type ThemeChoice,
  type ViewState,
} from '../state.ts';
import type { Context } from './context.ts';

export interface ViewCommands {
  setMode(mode: ModeId): void;
  toggleHeatmap(): void;
  /** Bulges and dents in two colours, or distances in one map. */
  toggleSigned(): void;
  /** Colours, limits and words of metrology, against a tolerance. */
  toggleMetrology(): void;
  setColourMap(id: ColourMapId): void;
  nextColourMap(): void;
  /** While a tolerance is inspected it is this. @param value model units; null = the model's own */
  setThreshold(value: number | null): void;
  /** @param steps hundredths of the legend's axis, negative = down */
  nudgeThreshold(steps: number): void;
  /** @param range model units; null = the model's own */
  setRange(range: ScoreRange | null): void;
  /** Judges all scans by another object score. @param rule null = as their limits were found */
  setObjectRule(rule: ObjectRuleId | null): void;
  /** @param scale factor on the automatic point size, 0.25..4 */
  setPointScale(scale: number): void;
  setShading(on: boolean): void;
  /** With or without perspective. */
  toggleParallel(): void;
  setTheme(theme: ThemeChoice): void;
  setPanel(panel: Exclude<keyof PanelState, 'folded'>, open: boolean): void;
  /** Gives an action another key; null = that of the key table. */
  giveKey(action: string, chord: KeyChord | null): void;
  resetKeys(): void;
  /** Folds a block of the inspector away, or unfolds it. */
  foldSection(title: string, folded: boolean): void;
}

/** The range never closes completely, or the colour map would divide by zero. */
const NARROWEST = 1e-6;

export function createViewCommands(ctx: Context): ViewCommands {
  const setView = (patch: Partial<ViewState>) => ctx.update({ view: { ...ctx.state().view, ...patch } });
  const setStored = (patch: Partial<ViewState>) => {
    setView(patch);
    ctx.savePreferences();
  };

  const setThreshold = (value: number | null) => {
    if (value !== null && !Number.isFinite(value)) return;
    const { unit = 'file', radius } = activeScan(ctx.state()) ?? {};
    if (!isMetrology(ctx.state())) setView({ threshold: value === null ? null : Math.max(0, value) });
    else if (value === null) setView({ tolerance: null });
    else if (value > 0 && radius != null) setView({ tolerance: { value: value * radius, unit } });
  };

  return {
    setMode(mode) {
      ctx.update({ mode });
      ctx.services.location.showMode(mode);
    },
    toggleHeatmap: () => setView({ heatmap: !ctx.state().view.heatmap }),
    toggleSigned: () => setView({ signed: !ctx.state().view.signed }),
    // Ranges of scores and of deviations have nothing to do with each other.
    toggleMetrology: () => setView({ metrology: !ctx.state().view.metrology, range: null }),
    setColourMap: (colourMap) => setStored({ colourMap }),
    nextColourMap: () => setStored({ colourMap: nextColourMap(ctx.state().view.colourMap) }),
    setThreshold,
    nudgeThreshold(steps) {
      const scale = heatmapScale(ctx.state());
      setThreshold(scale.threshold + steps * thresholdStep(scale));
    },
    setRange(range) {
      if (range === null) {
        setView({ range: null });
        return;
      }
      if (!Number.isFinite(range.low) || !Number.isFinite(range.high)) return;
      const low = Math.max(0, range.low);
      setView({ range: { low, high: Math.max(low + NARROWEST, range.high) } });
    },
    setObjectRule(rule) {
      setView({ objectRule: rule });
      const judged = ctx.state().scans.map((scan) => {
        const { summary } = scan;
        return summary === null ? scan : { ...scan, summary: { ...summary, ...judge(summary.basis, rule) } };
      });
      ctx.update({ scans: judged });
    },
    setPointScale: (scale) => setStored({ pointScale: Math.min(4, Math.max(0.25, scale)) }),
    setShading: (shading) => setStored({ shading }),
    toggleParallel: () => setStored({ parallel: !ctx.state().view.parallel }),
    setTheme(theme) {
      ctx.update({ theme });
      ctx.savePreferences();
    },
    setPanel(panel, open) {
      ctx.update({ panels: { ...ctx.state().panels, [panel]: open } });
      ctx.savePreferences();
    },
    giveKey(action, chord) {
      const { [action]: _, ...others } = ctx.state().keyChoices;
      ctx.update({ keyChoices: chord === null ? others : { ...others, [action]: chord } });
      ctx.savePreferences();
    },
    resetKeys() {
      ctx.update({ keyChoices: {} });
      ctx.savePreferences();
    },
    foldSection(title, folded) {
      const { panels } = ctx.state();
      ctx.update({ panels: { ...panels, folded: { ...panels.folded, [title]: folded } } });
      ctx.savePreferences();
    },
  };
}
