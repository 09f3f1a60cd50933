/**
 * From points to a picture: the scan is drawn with depth, the depth is smoothed, then lamp and eye-dome
 * lighting are computed from it and the scan is laid over the background. Works without normals, costs by
 * pixel and not by point.
 */

import {
  DepthTexture,
  NearestFilter,
  type PerspectiveCamera,
  type Scene,
  UnsignedIntType,
  Vector2,
  Vector3,
  type WebGLRenderer,
  WebGLRenderTarget,
} from 'three';
import type { Rgb } from './rgb.ts';
import { createScreenPass } from './screenPass.ts';
import depthFunctions from './shaders/depth.glsl?raw';
import smoothShader from './shaders/smoothDepth.frag?raw';
import surfaceShader from './shaders/surface.frag?raw';

export interface SurfacePass {
  /** @param width @param height drawing buffer, pixels */
  setSize(width: number, height: number, pixelRatio: number): void;
  setBackground(top: Rgb, bottom: Rgb): void;
  setShading(on: boolean): void;
  /** Draws the scene to the canvas. @param pointSize mean diameter of a drawn point, world units */
  render(renderer: WebGLRenderer, scene: Scene, camera: PerspectiveCamera, pointSize: number): void;
  dispose(): void;
}

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

export function createSurfacePass(): SurfacePass {
  const scan = nearestTarget(true);
  const half = nearestTarget(false);
  const smooth = nearestTarget(false);
  const nearFar = { value: new Vector2(0.1, 10) };
  const edge = { value: 0.01 };
  const reach = { value: 1 };
  const along = { x: { value: new Vector2() }, y: { value: new Vector2() } };
  const uniforms = {
    colour: { value: scan.texture },
    depth: { value: smooth.texture },
    nearFar,
    texel: { value: new Vector2(1, 1) },
    tangent: { value: new Vector2(1, 1) },
    radius: { value: EYE_DOME_REACH },
    edge,
    shading: { value: true },
    backgroundTop: { value: new Vector3() },
    backgroundBottom: { value: new Vector3() },
  };
  const smoothSource = depthFunctions + smoothShader;
  const smoothX = createScreenPass(
    smoothSource,
    { depth: { value: scan.depthTexture }, nearFar, edge, reach, along: along.x },
    { FROM_DEPTH_BUFFER: true },
  );
  const smoothY = createScreenPass(smoothSource, {
    depth: { value: half.texture },
    nearFar,
    edge,
    reach,
    along: along.y,
  });
  const surface = createScreenPass(depthFunctions + surfaceShader, uniforms);
  let ratio = 1;

  const prepare = (camera: PerspectiveCamera, pointSize: number) => {
    const { near, far } = camera;
    const tan = Math.tan((camera.fov * Math.PI) / 360);
    nearFar.value.set(near, far);
    uniforms.tangent.value.set(tan * camera.aspect, tan);
    // Diameter of a point in the middle of the scan, pixels.
    const pixels = (pointSize * scan.height) / (2 * tan * Math.max(camera.position.length(), 0.05));
    const [least, most] = SMOOTH_LIMITS;
    reach.value = Math.min(most * ratio, Math.max(least * ratio, pixels * SMOOTH_DIAMETERS));
    edge.value = (EDGE_DIAMETERS * pointSize) / (far - near);
  };

  return {
    setSize(width, height, pixelRatio) {
      for (const target of [scan, half, smooth]) target.setSize(width, height);
      ratio = pixelRatio;
      uniforms.texel.value.set(1 / width, 1 / height);
      along.x.value.set(1 / width, 0);
      along.y.value.set(0, 1 / height);
      uniforms.radius.value = EYE_DOME_REACH * pixelRatio;
    },
    setBackground(top, bottom) {
      uniforms.backgroundTop.value.set(...top);
      uniforms.backgroundBottom.value.set(...bottom);
    },
    setShading(on) {
      uniforms.shading.value = on;
    },
    render(renderer, scene, camera, pointSize) {
      prepare(camera, pointSize);
      renderer.setRenderTarget(scan);
      renderer.setClearColor(0x000000, 0);
      renderer.clear();
      renderer.render(scene, camera);
      if (uniforms.shading.value) {
        smoothX.render(renderer, half);
        smoothY.render(renderer, smooth);
      }
      surface.render(renderer, null);
    },
    dispose() {
      for (const pass of [smoothX, smoothY, surface]) pass.dispose();
      scan.depthTexture?.dispose();
      for (const target of [scan, half, smooth]) target.dispose();
    },
  };
}
