/** Eye-dome lighting: the scan is drawn into a picture with depth, then shaded and laid over the background. */

import {
  BufferAttribute,
  BufferGeometry,
  DepthTexture,
  Mesh,
  NearestFilter,
  type PerspectiveCamera,
  Scene,
  ShaderMaterial,
  UnsignedIntType,
  Vector2,
  Vector3,
  type WebGLRenderer,
  WebGLRenderTarget,
} from 'three';
import type { Rgb } from './rgb.ts';
import fragmentShader from './shaders/eyeDome.frag?raw';
import vertexShader from './shaders/screen.vert?raw';

export interface EyeDomePass {
  /** @param width @param height drawing buffer, pixels */
  setSize(width: number, height: number, pixelRatio: number): void;
  setBackground(top: Rgb, bottom: Rgb): void;
  setShading(on: boolean): void;
  /** Draws the scene to the canvas. */
  render(renderer: WebGLRenderer, scene: Scene, camera: PerspectiveCamera): void;
  dispose(): void;
}

/** Neighbours at 1.4 CSS pixels; strength chosen by eye for a part that fills the view. */
const RADIUS = 1.4;
const STRENGTH = 90;

export function createEyeDomePass(): EyeDomePass {
  const target = new WebGLRenderTarget(1, 1, {
    minFilter: NearestFilter,
    magFilter: NearestFilter,
    depthTexture: new DepthTexture(1, 1, UnsignedIntType),
  });
  const uniforms = {
    colour: { value: target.texture },
    depth: { value: target.depthTexture },
    texel: { value: new Vector2(1, 1) },
    nearFar: { value: new Vector2(0.1, 10) },
    radius: { value: RADIUS },
    strength: { value: STRENGTH },
    backgroundTop: { value: new Vector3() },
    backgroundBottom: { value: new Vector3() },
  };
  const material = new ShaderMaterial({
    uniforms,
    vertexShader,
    fragmentShader,
    depthTest: false,
    depthWrite: false,
  });
  const triangle = new BufferGeometry();
  triangle.setAttribute('position', new BufferAttribute(Float32Array.of(-1, -1, 0, 3, -1, 0, -1, 3, 0), 3));
  const screen = new Mesh(triangle, material);
  screen.frustumCulled = false;
  const screenScene = new Scene();
  screenScene.add(screen);

  return {
    setSize(width, height, pixelRatio) {
      target.setSize(width, height);
      uniforms.texel.value.set(1 / width, 1 / height);
      uniforms.radius.value = RADIUS * pixelRatio;
    },
    setBackground(top, bottom) {
      uniforms.backgroundTop.value.set(...top);
      uniforms.backgroundBottom.value.set(...bottom);
    },
    setShading(on) {
      uniforms.strength.value = on ? STRENGTH : 0;
    },
    render(renderer, scene, camera) {
      uniforms.nearFar.value.set(camera.near, camera.far);
      renderer.setRenderTarget(target);
      renderer.setClearColor(0x000000, 0);
      renderer.clear();
      renderer.render(scene, camera);
      renderer.setRenderTarget(null);
      renderer.render(screenScene, camera);
    },
    dispose() {
      target.depthTexture?.dispose();
      target.dispose();
      material.dispose();
      triangle.dispose();
    },
  };
}
