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

export class ScreenPass {
  private readonly mesh: Mesh<BufferGeometry, ShaderMaterial>;
  private readonly scene = new Scene();
  private readonly camera = new Camera();

  constructor(
    fragmentShader: string,
    uniforms: Record<string, IUniform>,
    defines: Record<string, boolean> = {},
  ) {
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
    this.mesh = new Mesh(triangle, material);
    this.mesh.frustumCulled = false;
    this.scene.add(this.mesh);
  }

  /** @param target null = the canvas */
  render(renderer: WebGLRenderer, target: WebGLRenderTarget | null): void {
    renderer.setRenderTarget(target);
    renderer.render(this.scene, this.camera);
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }
}
