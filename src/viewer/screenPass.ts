/** A shader run over every pixel of a target. */

import {
  BufferAttribute,
  BufferGeometry,
  Camera,
  type IUniform,
  Mesh,
  Scene,
  ShaderMaterial,
  type WebGLRenderer,
  type WebGLRenderTarget,
} from 'three';
import vertexShader from './shaders/screen.vert?raw';

export interface ScreenPass {
  /** @param target null = the canvas */
  render(renderer: WebGLRenderer, target: WebGLRenderTarget | null): void;
  dispose(): void;
}

export function createScreenPass(
  fragmentShader: string,
  uniforms: Record<string, IUniform>,
  defines: Record<string, boolean> = {},
): ScreenPass {
  const material = new ShaderMaterial({
    uniforms,
    defines,
    vertexShader,
    fragmentShader,
    depthTest: false,
    depthWrite: false,
  });
  const triangle = new BufferGeometry();
  triangle.setAttribute('position', new BufferAttribute(Float32Array.of(-1, -1, 0, 3, -1, 0, -1, 3, 0), 3));
  const mesh = new Mesh(triangle, material);
  mesh.frustumCulled = false;
  const scene = new Scene().add(mesh);
  const camera = new Camera();
  return {
    render(renderer, target) {
      renderer.setRenderTarget(target);
      renderer.render(scene, camera);
    },
    dispose() {
      material.dispose();
      triangle.dispose();
    },
  };
}
