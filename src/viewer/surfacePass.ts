/**
 * From points to a picture: the scan is drawn with depth, the depth is smoothed, then lamp and eye-dome
 * lighting are computed from it and the scan is laid over the background. Works without normals, costs by
 * pixel and not by point.
 */

import {
  DepthTexture,
  NearestFilter,
  type Scene,
  UnsignedIntType,
  Vector2,
  Vector3,
  type WebGLRenderer,
  WebGLRenderTarget,
} from 'three';
import { type Lens, pixelScale } from './lens.ts';
import type { Rgb } from './rgb.ts';
import { ScreenPass } from './screenPass.ts';
import depthFunctions from './shaders/depth.glsl?raw';
import smoothShader from './shaders/smoothDepth.frag?raw';
import surfaceShader from './shaders/surface.frag?raw';

/** Neighbours for eye-dome lighting, CSS pixels. */
const EYE_DOME_REACH = 1.6;
/** Reach of the smoothing: so many point diameters, within limits in CSS pixels. */
const SMOOTH_DIAMETERS = 1.5;
const SMOOTH_LIMITS = [1.5, 24] as const;
/** A step of the surface, in point diameters. */
const EDGE_DIAMETERS = 2;

function nearestTarget(depth: boolean): WebGLRenderTarget {
  return new WebGLRenderTarget(1, 1, {
    minFilter: NearestFilter,
    magFilter: NearestFilter,
    depthBuffer: depth,
    ...(depth ? { depthTexture: new DepthTexture(1, 1, UnsignedIntType) } : {}),
  });
}

export class SurfacePass {
  private readonly scan = nearestTarget(true);
  private readonly half = nearestTarget(false);
  private readonly smooth = nearestTarget(false);
  private readonly shared = {
    nearFar: { value: new Vector2(0.1, 10) },
    parallel: { value: false },
    edge: { value: 0.01 },
  };
  private readonly blur = { reach: { value: 1 } };
  private readonly alongX = { value: new Vector2() };
  private readonly alongY = { value: new Vector2() };
  private readonly uniforms = {
    ...this.shared,
    colour: { value: this.scan.texture },
    depth: { value: this.smooth.texture },
    texel: { value: new Vector2(1, 1) },
    seen: { value: new Vector2(1, 1) },
    pivot: { value: 1 },
    middle: { value: new Vector2() },
    radius: { value: EYE_DOME_REACH },
    shading: { value: true },
    backgroundTop: { value: new Vector3() },
    backgroundBottom: { value: new Vector3() },
  };
  private readonly smoothX = new ScreenPass(
    depthFunctions + smoothShader,
    { ...this.shared, ...this.blur, depth: { value: this.scan.depthTexture }, along: this.alongX },
    { FROM_DEPTH_BUFFER: true },
  );
  private readonly smoothY = new ScreenPass(depthFunctions + smoothShader, {
    ...this.shared,
    ...this.blur,
    depth: { value: this.half.texture },
    along: this.alongY,
  });
  private readonly surface = new ScreenPass(depthFunctions + surfaceShader, this.uniforms);
  private pixelRatio = 1;

  /** @param width @param height drawing buffer, pixels */
  setSize(width: number, height: number, pixelRatio: number): void {
    for (const target of [this.scan, this.half, this.smooth]) target.setSize(width, height);
    this.pixelRatio = pixelRatio;
    this.uniforms.texel.value.set(1 / width, 1 / height);
    this.uniforms.radius.value = EYE_DOME_REACH * pixelRatio;
    this.alongX.value.set(1 / width, 0);
    this.alongY.value.set(0, 1 / height);
  }

  setBackground(top: Rgb, bottom: Rgb): void {
    this.uniforms.backgroundTop.value.set(...top);
    this.uniforms.backgroundBottom.value.set(...bottom);
  }

  /** Where the camera's axis meets the picture, clip coordinates. */
  setMiddle([x, y]: readonly [number, number]): void {
    this.uniforms.middle.value.set(x, y);
  }

  setShading(on: boolean): void {
    this.uniforms.shading.value = on;
  }

  /** Begins a new picture. */
  clear(renderer: WebGLRenderer): void {
    renderer.setRenderTarget(this.scan);
    renderer.setClearColor(0x000000, 0);
    renderer.clear();
  }

  /** Adds what the scene shows now to the picture; it is seen after `present`. */
  add(renderer: WebGLRenderer, scene: Scene, { camera }: Lens): void {
    renderer.setRenderTarget(this.scan);
    renderer.render(scene, camera);
  }

  /** Lights the picture and puts it on the canvas. @param pointSize mean diameter of a drawn point, world units */
  present(renderer: WebGLRenderer, lens: Lens, pointSize: number): void {
    this.prepare(lens, pointSize);
    if (this.uniforms.shading.value) {
      this.smoothX.render(renderer, this.half);
      this.smoothY.render(renderer, this.smooth);
    }
    this.surface.render(renderer, null);
  }

  dispose(): void {
    for (const pass of [this.smoothX, this.smoothY, this.surface]) pass.dispose();
    this.scan.depthTexture?.dispose();
    for (const target of [this.scan, this.half, this.smooth]) target.dispose();
  }

  private prepare(lens: Lens, pointSize: number): void {
    const { camera, parallel, half, distance } = lens;
    const { near, far } = camera;
    this.shared.nearFar.value.set(near, far);
    this.shared.parallel.value = parallel;
    this.uniforms.seen.value.set(...half);
    this.uniforms.pivot.value = distance;
    // Diameter of a point in the middle of the scan, pixels.
    const away = parallel ? 1 : Math.max(camera.position.length(), 0.05);
    const pixels = (pointSize * pixelScale(lens, this.scan.height)) / away;
    const [least, most] = SMOOTH_LIMITS.map((limit) => limit * this.pixelRatio);
    this.blur.reach.value = Math.min(most!, Math.max(least!, pixels * SMOOTH_DIAMETERS));
    this.shared.edge.value = (EDGE_DIAMETERS * pointSize) / (far - near);
  }
}
