// Offset of kernel tap k, x fastest, in units of the input stride. Law: core/indexLaw.ts (kernelOffset).

fn kernel_offset(k: u32, edge: u32) -> vec3<i32> {
  let centre = i32(select(0u, (edge - 1u) / 2u, edge % 2u == 1u));
  return vec3(i32(k % edge), i32((k / edge) % edge), i32(k / (edge * edge))) - vec3(centre);
}
