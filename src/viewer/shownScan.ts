/** What a view shows: one scan or none, how it stands and lies, its arrows, sections and style. */

import { type Quaternion, Scene, Vector3 } from 'three';
import type { Plane } from '../core/sections.ts';
import type { PointCloud, Vec3 } from '../core/types.ts';
import type { UpAxis } from '../core/upAxis.ts';
import { ArrowLayer, type ArrowSet } from './arrowLayer.ts';
import type { Placement } from './placement.ts';
import { type HeatmapStyle, PointLayer } from './pointLayer.ts';
import { rgb } from './rgb.ts';
import { upright } from './upright.ts';

/** How a layer is drawn; the next scan is drawn the way the last one was. */
interface LayerStyle {
  readonly heatmap: HeatmapStyle | null;
  readonly neutral: string;
  readonly pointScale: number;
}

export class ShownScan {
  readonly scene = new Scene();
  private points: PointLayer | null = null;
  private arrows: ArrowLayer | null = null;
  private placement: Placement | null = null;
  private upAxis: UpAxis = '+z';
  private planes: readonly Plane[] = [];
  private style: LayerStyle = { heatmap: null, neutral: '#808080', pointScale: 1 };

  /** Null while no scan is shown. */
  get layer(): PointLayer | null {
    return this.points;
  }

  /** How it lies beside a scan of another view; null = alone. */
  get beside(): Placement | null {
    return this.placement;
  }

  get up(): UpAxis {
    return this.upAxis;
  }

  get sections(): readonly Plane[] {
    return this.planes;
  }

  /** The same cloud in the same place again changes nothing. @returns whether something changed */
  setCloud(cloud: PointCloud | null, beside: Placement | null): boolean {
    if ((this.points?.cloud ?? null) === cloud && this.placement === beside) return false;
    this.placement = beside;
    if (this.points !== null) {
      this.scene.remove(this.points.object);
      this.points.dispose();
      this.setArrows(null);
    }
    this.points =
      cloud === null || cloud.positions.length === 0 ? null : new PointLayer(cloud, beside, this.upAxis);
    if (this.points !== null) {
      this.scene.add(this.points.object);
      this.applyStyle();
      this.points.setSections(this.planes);
    }
    return true;
  }

  /** @param up axis of the scan's file that points up @returns whether a scan was turned */
  setUp(up: UpAxis): boolean {
    if (up === this.upAxis) return false;
    this.upAxis = up;
    if (this.points === null) return false;
    this.points.stand(up);
    this.arrows?.standLike(this.points.object);
    return true;
  }

  setArrows(arrows: ArrowSet | null): void {
    if (this.arrows !== null) {
      this.scene.remove(this.arrows.object);
      this.arrows.dispose();
    }
    this.arrows = arrows === null || this.points === null ? null : new ArrowLayer(arrows, this.points.object);
    if (this.arrows !== null) this.scene.add(this.arrows.object);
  }

  /** @param planes source units, at most four; what lies beyond them is cut away */
  setSections(planes: readonly Plane[]): void {
    this.planes = planes;
    this.points?.setSections(planes);
  }

  setStyle(patch: Partial<LayerStyle>): void {
    this.style = { ...this.style, ...patch };
    this.applyStyle();
  }

  /** From the axes of the scan's file to those of the view. */
  turn(): Quaternion {
    return this.points?.object.quaternion.clone() ?? upright(this.upAxis);
  }

  /** @param direction in the axes of the file @returns the same in those of the view, Z up */
  inView(direction: Vec3): Vec3 {
    return new Vector3(...direction).applyQuaternion(this.turn()).toArray();
  }

  dispose(): void {
    this.arrows?.dispose();
    this.points?.dispose();
  }

  private applyStyle(): void {
    if (this.points === null) return;
    const { heatmap, neutral, pointScale } = this.style;
    if (heatmap !== null) this.points.setHeatmap(heatmap);
    this.points.setNeutral(rgb(neutral));
    this.points.setPointScale(pointScale);
  }
}
