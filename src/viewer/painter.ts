/**
 * Draws a scan in as many points as a frame has time for: thinned at once while something moves, then whole
 * over several frames. The picture on the canvas stays until the whole one is complete.
 */

import type { Scene, WebGLRenderer } from 'three';
import { DrawBudget } from './drawBudget.ts';
import type { Lens } from './lens.ts';
import type { PointLayer } from './pointLayer.ts';
import { PASSES } from './pointOrder.ts';
import type { SurfacePass } from './surfacePass.ts';

/** Frames may be kept waiting so long while the view moves, and while the whole scan is drawn afterwards. */
const MOVING_MS = 40;
const STILL_MS = 120;

/** What is drawn, and with what. */
export interface Stage {
  readonly renderer: WebGLRenderer;
  readonly surface: SurfacePass;
  readonly scene: Scene;
  lens(): Lens;
}

export class Painter {
  private readonly stage: Stage;
  private readonly moving = new DrawBudget(MOVING_MS);
  private readonly still = new DrawBudget(STILL_MS);
  /** The one the last frame was drawn with. */
  private budget = this.moving;
  /** Passes of the whole scan that are in the picture that is being made. */
  private filled = PASSES;
  /** Points of the last drawing. */
  private drawn = 0;

  constructor(stage: Stage) {
    this.stage = stage;
  }

  /** Every point is in the picture. */
  get complete(): boolean {
    return this.filled === PASSES;
  }

  /** @param wait from asking for a frame to drawing it, ms */
  noteWait(wait: number): void {
    this.budget.note(wait, this.drawn);
  }

  /** What the budget allows, at once. @param layer null = nothing but the background */
  drawAnew(layer: PointLayer | null): void {
    const passes = layer?.thinnable ? this.moving.passes(layer.count) : PASSES;
    this.budget = this.moving;
    layer?.showPasses(0, passes, true);
    this.stage.surface.clear(this.stage.renderer);
    this.add(layer, passes);
    this.light(layer);
    this.filled = passes === PASSES ? PASSES : 0;
  }

  /** Goes on with the whole scan. @returns whether the canvas shows it now */
  drawMore(layer: PointLayer | null): boolean {
    if (layer === null || this.complete) return false;
    const to = Math.min(PASSES, this.filled + this.still.passes(layer.count));
    this.budget = this.still;
    layer.showPasses(this.filled, to, false);
    if (this.filled === 0) this.stage.surface.clear(this.stage.renderer);
    this.add(layer, to - this.filled);
    this.filled = to;
    if (to === PASSES) this.light(layer);
    return to === PASSES;
  }

  /** Every point, however long it takes. */
  drawWhole(layer: PointLayer | null): void {
    while (layer?.admit());
    layer?.showPasses(0, PASSES, false);
    this.stage.surface.clear(this.stage.renderer);
    this.add(layer, PASSES);
    this.light(layer);
    this.filled = PASSES;
  }

  private add(layer: PointLayer | null, passes: number): void {
    const { surface, renderer, scene } = this.stage;
    surface.add(renderer, scene, this.stage.lens());
    this.drawn = ((layer?.count ?? 0) * passes) / PASSES;
  }

  private light(layer: PointLayer | null): void {
    const { surface, renderer } = this.stage;
    surface.present(renderer, this.stage.lens(), layer?.drawnSize() ?? 1);
  }
}
