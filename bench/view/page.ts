/** Runs in Chromium: frames of our viewer beside plain three `Points`, and a large scan loaded and turned. */

import {
  BufferAttribute,
  BufferGeometry,
  PerspectiveCamera,
  Points,
  PointsMaterial,
  Scene,
  WebGLRenderer,
} from 'three';
import { colourTable } from '../../src/core/colourMaps.ts';
import type { PointCloud } from '../../src/core/types.ts';
import { CameraRig } from '../../src/viewer/cameraRig.ts';
import { pixelScale } from '../../src/viewer/lens.ts';
import { Painter } from '../../src/viewer/painter.ts';
import { PointLayer } from '../../src/viewer/pointLayer.ts';
import { SurfacePass } from '../../src/viewer/surfacePass.ts';
import { Viewer } from '../../src/viewer/viewer.ts';
import { wavySphere } from '../clouds.ts';
import { median } from '../median.ts';
import type { FrameTimes, TurnedScan, ViewPage } from '../viewBench.ts';

const SIZE = { width: 1280, height: 720 } as const;
const HEATMAP = { on: true, table: colourTable('viridis'), low: 0, high: 0.12, threshold: 0.06 };
/** A step of the turning camera, degrees. */
const STEP = 3;

function madeScan(points: number): { cloud: PointCloud; score: Float32Array } {
  const positions = wavySphere(points).map((value) => 100 * value);
  const score = new Float32Array(points);
  // A patch of a fiftieth of the part is defective.
  for (let i = 0; i < points; i++) score[i] = positions[3 * i + 2]! > 76 ? 0.1 : 0.01;
  const cloud = {
    id: String(points),
    name: 'sphere',
    positions,
    origin: [0, 0, 0] as const,
    normals: null,
    colours: null,
    faces: null,
    attributes: {},
  };
  return { cloud, score };
}

/** Waits for the GPU: a pixel can only be read when everything before it is drawn. */
function finish(renderer: WebGLRenderer): void {
  renderer.setRenderTarget(null);
  const gl = renderer.getContext();
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
}

function rendererName(renderer: WebGLRenderer): string {
  const gl = renderer.getContext();
  const debug = gl.getExtension('WEBGL_debug_renderer_info');
  return String(gl.getParameter(debug === null ? gl.RENDERER : debug.UNMASKED_RENDERER_WEBGL));
}

function newRenderer(): WebGLRenderer {
  const renderer = new WebGLRenderer({ antialias: false, powerPreference: 'high-performance' });
  renderer.setSize(SIZE.width, SIZE.height);
  document.body.replaceChildren(renderer.domElement);
  return renderer;
}

/** Every point of the scan in every frame, as when the view rests. */
function ourFrames(cloud: PointCloud, score: Float32Array) {
  const renderer = newRenderer();
  renderer.autoClear = false;
  const rig = new CameraRig(renderer.domElement, () => undefined);
  rig.setSize(SIZE.width, SIZE.height);
  const layer = new PointLayer(cloud);
  const scene = new Scene();
  scene.add(layer.object);
  rig.setContent(layer.samplePoints(20_000));
  rig.resetAtOnce();
  layer.setScore(score);
  layer.setHeatmap(HEATMAP);
  const surface = new SurfacePass();
  surface.setSize(SIZE.width, SIZE.height, 1);
  const painter = new Painter({ renderer, surface, scene, lens: () => rig.lens() });
  return {
    rig,
    layer,
    renderer,
    setShading: (on: boolean) => surface.setShading(on),
    draw() {
      layer.setPixelScale(pixelScale(rig.lens(), SIZE.height), 1);
      painter.drawWhole(layer);
      finish(renderer);
    },
  };
}

/** What one writes first with three: positions, colours, one material; as large on screen as ours. */
function plainFrames(cloud: PointCloud, { layer }: ReturnType<typeof ourFrames>) {
  const renderer = newRenderer();
  const camera = new PerspectiveCamera(32, SIZE.width / SIZE.height, 0.01, 100);
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new BufferAttribute(cloud.positions, 3));
  geometry.setAttribute('color', new BufferAttribute(new Float32Array(cloud.positions.length).fill(0.6), 3));
  // Three takes no account of the field of view in the size of points.
  const size = layer.pointSize() / Math.tan((camera.fov * Math.PI) / 360);
  const points = new Points(geometry, new PointsMaterial({ size, vertexColors: true }));
  points.position.copy(layer.object.position);
  points.scale.copy(layer.object.scale);
  points.frustumCulled = false;
  const scene = new Scene();
  scene.add(points);
  return {
    renderer,
    camera,
    draw() {
      renderer.render(scene, camera);
      finish(renderer);
    },
  };
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function frames(points: number, count: number): FrameTimes {
  const { cloud, score } = madeScan(points);
  const ours = ourFrames(cloud, score);
  const plain = plainFrames(cloud, ours);
  const times = { ours: [] as number[], unshaded: [] as number[], plain: [] as number[] };
  // The first frames upload and compile.
  for (let i = -2; i < count; i++) {
    ours.rig.orbit(STEP, 0);
    ours.rig.update(performance.now());
    plain.camera.position.copy(ours.rig.camera.position);
    plain.camera.quaternion.copy(ours.rig.camera.quaternion);
    ours.setShading(true);
    const shaded = timed(ours.draw);
    ours.setShading(false);
    const unshaded = timed(ours.draw);
    const bare = timed(plain.draw);
    if (i < 0) continue;
    times.ours.push(shaded);
    times.unshaded.push(unshaded);
    times.plain.push(bare);
  }
  const name = rendererName(ours.renderer);
  for (const { renderer } of [ours, plain]) renderer.forceContextLoss();
  return {
    renderer: name,
    points,
    ours: median(times.ours),
    unshaded: median(times.unshaded),
    plain: median(times.plain),
  };
}

/** Longest time in which the page could do nothing else. */
function watchThread(): { stop(): number } {
  let [last, longest, going] = [performance.now(), 0, true];
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (going) setTimeout(() => channel.port2.postMessage(null));
  };
  channel.port2.postMessage(null);
  return {
    stop() {
      going = false;
      return Math.max(longest, performance.now() - last);
    },
  };
}

const ask = requestAnimationFrame.bind(window);
const forget = cancelAnimationFrame.bind(window);
/** Frames that the viewer waits for: it asks for none while it rests. */
const awaited = new Set<number>();

function watchFrames(): void {
  window.requestAnimationFrame = (work) => {
    const id = ask((now) => {
      awaited.delete(id);
      work(now);
    });
    awaited.add(id);
    return id;
  };
  window.cancelAnimationFrame = (id) => {
    awaited.delete(id);
    forget(id);
  };
}

const nextFrame = () => new Promise<number>((resolve) => ask(resolve));

async function turned(points: number, count: number): Promise<TurnedScan> {
  watchFrames();
  const { cloud, score } = madeScan(points);
  const host = document.createElement('div');
  Object.assign(host.style, { width: `${SIZE.width}px`, height: `${SIZE.height}px` });
  document.body.replaceChildren(host);
  const viewer = new Viewer(host, { onFrame: () => undefined, onContextLost: () => undefined });
  viewer.setHeatmap(HEATMAP);
  let drawn: number[] = [];
  viewer.onDraw(() => drawn.push(performance.now()));
  const gl = host.querySelector('canvas')!.getContext('webgl2')!;
  /** @returns when it was on screen, and how long the page was blocked before that was waited for */
  const untilRest = async (thread: ReturnType<typeof watchThread>) => {
    while (awaited.size > 0) await nextFrame();
    const blocked = thread.stop();
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
    return { at: performance.now(), blocked };
  };

  const started = performance.now();
  const loading = watchThread();
  const shown = timed(() => {
    viewer.setCloud(cloud);
    viewer.setScore(score);
  });
  const loaded = await untilRest(loading);

  const turning = watchThread();
  drawn = [];
  for (let i = 0; i < count; i++) {
    viewer.orbit(STEP, 0);
    await nextFrame();
  }
  const gaps = drawn.slice(1).map((time, i) => time - drawn[i]!);
  const rested = performance.now();
  const refilled = await untilRest(turning);
  viewer.dispose();
  return {
    points,
    shown,
    whole: loaded.at - started,
    loadingBlocked: loaded.blocked,
    frame: median(gaps),
    worstFrame: Math.max(...gaps),
    refilled: refilled.at - rested,
    turningBlocked: refilled.blocked,
  };
}

const page: ViewPage = { frames, turned };
Object.assign(window, { viewBench: page });
