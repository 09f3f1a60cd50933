/** The canvas of a view: as large as its container, drawn when something changed, never in an idle loop. */

import { Matrix4, WebGLRenderer } from 'three';
import { CameraRig } from './cameraRig.ts';
import { FrameQueue } from './frameQueue.ts';
import { pixelScale } from './lens.ts';
import { Painter } from './painter.ts';
import { rgb } from './rgb.ts';
import type { ShownScan } from './shownScan.ts';
import { SurfacePass } from './surfacePass.ts';
import { upright } from './upright.ts';

/** Colours of the theme, `#rrggbb`. */
export interface ViewerTheme {
  readonly backgroundTop: string;
  readonly backgroundBottom: string;
  /** Points at or below the threshold, and scans without scores. */
  readonly neutral: string;
}

export interface ViewerEvents {
  /** After each drawn frame. @param rotation column-major 4x4 axes of the file -> view, for the view cube */
  onFrame(rotation: readonly number[]): void;
  /** The graphics context went away (true) or came back (false). */
  onContextLost(lost: boolean): void;
}

/** More than this many pixels per CSS pixel is not visible and costs fill rate. */
const MAX_PIXEL_RATIO = 2;

export class Drawing {
  readonly renderer: WebGLRenderer;
  readonly surface = new SurfacePass();
  readonly rig: CameraRig;
  readonly painter: Painter;
  readonly shown: ShownScan;
  private readonly container: HTMLElement;
  private readonly events: ViewerEvents;
  private readonly queue: FrameQueue;
  private readonly observer: ResizeObserver;
  /** One switch that takes all listeners off the canvas. */
  private readonly listening = new AbortController();
  private readonly drawListeners = new Set<() => void>();
  private afterResize: (() => void) | null = null;
  /** CSS pixels that the camera was last fitted to. */
  private fitted = '';
  private colours: ViewerTheme | null = null;
  /** Handle of the frame that was asked for, 0 for none. */
  private scheduled = 0;
  /** When that was. */
  private asked = 0;
  /** The picture does not show what it should. */
  private stale = true;

  /**
   * @param container element the canvas is put into and follows in size
   * @throws Error when the browser has no WebGL2
   */
  constructor(container: HTMLElement, shown: ShownScan, events: ViewerEvents) {
    this.container = container;
    this.shown = shown;
    this.events = events;
    this.renderer = new WebGLRenderer({ antialias: false, powerPreference: 'high-performance' });
    this.renderer.autoClear = false;
    const canvas = this.renderer.domElement;
    container.append(canvas);
    this.rig = new CameraRig(canvas, () => this.invalidate());
    const { renderer, surface } = this;
    this.painter = new Painter({ renderer, surface, scene: shown.scene, lens: () => this.rig.lens() });
    const gl = renderer.getContext();
    if (!(gl instanceof WebGL2RenderingContext)) throw new Error('this browser has no WebGL2');
    this.queue = new FrameQueue(gl);
    this.listen(canvas);
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(container);
    this.resize();
  }

  get canvas(): HTMLCanvasElement {
    return this.renderer.domElement;
  }

  /** What it is drawn in; null before the page has told. */
  get theme(): ViewerTheme | null {
    return this.colours;
  }

  setTheme(theme: ViewerTheme): void {
    const { backgroundTop, backgroundBottom, neutral } = theme;
    this.colours = theme;
    this.surface.setBackground(rgb(backgroundTop), rgb(backgroundBottom));
    this.shown.setStyle({ neutral });
    this.invalidate();
  }

  onDoubleClick(listener: (event: MouseEvent) => void): void {
    this.canvas.addEventListener('dblclick', listener, { signal: this.listening.signal });
  }

  /** Calls back after each drawn frame. @returns ends it */
  onDraw(listener: () => void): () => void {
    this.drawListeners.add(listener);
    return () => {
      this.drawListeners.delete(listener);
    };
  }

  /**
   * Call it before the view becomes narrower: what the user looks at stays in it.
   * @returns call it before the view becomes as wide as it was
   */
  makeRoom(): () => void {
    const before = this.rig.camera.aspect;
    let factor = 1;
    this.afterResize = () => {
      factor = Math.max(1, before / this.rig.camera.aspect);
      if (this.rig.chosen) this.rig.standBack(factor);
    };
    return () => {
      this.afterResize = () => {
        if (this.rig.chosen) this.rig.standBack(1 / factor);
      };
    };
  }

  /** The picture is out of date. */
  invalidate(): void {
    this.stale = true;
    this.schedule();
  }

  /** Every point, however long it takes. */
  drawWhole(): void {
    this.rig.update(performance.now());
    this.setOptics();
    this.painter.drawWhole(this.shown.layer);
    this.tellOfFrame();
  }

  /** Brings what follows from the camera up to date, before each drawing. */
  setOptics(): void {
    this.surface.setMiddle(this.rig.shift());
    const scale = pixelScale(this.rig.lens(), this.canvas.height);
    this.shown.layer?.setPixelScale(scale, this.renderer.getPixelRatio());
  }

  /** @param ratio pixels per CSS pixel */
  setResolution(ratio: number): void {
    const { clientWidth: width, clientHeight: height } = this.container;
    this.renderer.setPixelRatio(ratio);
    this.renderer.setSize(width, height);
    const { canvas } = this;
    this.surface.setSize(canvas.width, canvas.height, ratio);
    this.rig.setSize(width, height);
  }

  /** Takes the size and the resolution of the page again, and draws. */
  resize(): void {
    const { clientWidth, clientHeight } = this.container;
    if (clientWidth === 0 || clientHeight === 0) return;
    this.setResolution(Math.min(devicePixelRatio, MAX_PIXEL_RATIO));
    const size = `${clientWidth} ${clientHeight}`;
    if (size !== this.fitted && this.shown.beside === null) {
      this.fitted = size;
      this.afterResize?.();
      this.afterResize = null;
      this.rig.refit();
    }
    // Drawn before the next paint, or the stretched old picture would flash.
    cancelAnimationFrame(this.scheduled);
    this.scheduled = 0;
    this.stale = true;
    this.draw(performance.now());
  }

  dispose(): void {
    cancelAnimationFrame(this.scheduled);
    // Nothing may be scheduled any more once everything is released.
    this.scheduled = -1;
    this.observer.disconnect();
    this.listening.abort();
    this.rig.dispose();
    this.shown.dispose();
    this.surface.dispose();
    this.renderer.dispose();
    this.renderer.forceContextLoss();
    this.canvas.remove();
  }

  private listen(canvas: HTMLCanvasElement): void {
    const { signal } = this.listening;
    canvas.addEventListener(
      'webglcontextlost',
      (event) => {
        // Without this the browser never gives the context back.
        event.preventDefault();
        this.events.onContextLost(true);
      },
      { signal },
    );
    canvas.addEventListener(
      'webglcontextrestored',
      () => {
        this.events.onContextLost(false);
        this.invalidate();
      },
      { signal },
    );
  }

  private schedule(): void {
    if (this.scheduled !== 0) return;
    this.asked = performance.now();
    this.scheduled = requestAnimationFrame((now) => this.frameOrWait(now));
  }

  /** The wait for a GPU that is behind counts for the budget: it then gets less to do. */
  private frameOrWait(now: number): void {
    if (this.queue.full) this.scheduled = requestAnimationFrame((later) => this.frameOrWait(later));
    else this.draw(now);
  }

  private draw(now: number): void {
    const { layer } = this.shown;
    if (this.scheduled > 0) this.painter.noteWait(performance.now() - this.asked);
    this.scheduled = 0;
    const moving = this.rig.update(now);
    const growing = layer?.admit() ?? false;
    this.setOptics();
    if (moving || growing || this.stale) {
      this.stale = false;
      this.painter.drawAnew(layer);
      this.tellOfFrame();
    } else if (this.painter.drawMore(layer)) this.tellOfFrame();
    this.queue.add();
    if (moving || growing || !this.painter.complete) this.schedule();
  }

  private tellOfFrame(): void {
    const turn = new Matrix4().makeRotationFromQuaternion(upright(this.shown.up));
    this.events.onFrame(turn.premultiply(this.rig.rotation()).elements);
    for (const tell of this.drawListeners) tell();
  }
}
