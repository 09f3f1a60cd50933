// What one thread of the pair GEMMs holds: per output row up to four vec4 columns. Named members, not arrays,
// because an indexed private array falls out of registers on some drivers.
//
// Every kernel that uses this adds the products of an element one by one in the order of the input channels,
// with fma, so that the choice of a kernel or of a tile never changes a bit of the result.

// vec4 columns of a thread: 1, 2 or 4.
override COLUMNS: u32 = 2u;

struct TileRow {
  c0: vec4<f32>,
  c1: vec4<f32>,
  c2: vec4<f32>,
  c3: vec4<f32>,
}

// Four input channels x the thread's columns; element [i] of a block is the row of input channel i.
struct TileWeights {
  c0: mat4x4<f32>,
  c1: mat4x4<f32>,
  c2: mat4x4<f32>,
  c3: mat4x4<f32>,
}

fn add_product(sum: vec4<f32>, a: vec4<f32>, m: mat4x4<f32>) -> vec4<f32> {
  return fma(vec4(a.w), m[3], fma(vec4(a.z), m[2], fma(vec4(a.y), m[1], fma(vec4(a.x), m[0], sum))));
}

fn add_row(sum: TileRow, a: vec4<f32>, m: TileWeights) -> TileRow {
  var row = sum;
  row.c0 = add_product(row.c0, a, m.c0);
  if (COLUMNS > 1u) { row.c1 = add_product(row.c1, a, m.c1); }
  if (COLUMNS > 2u) {
    row.c2 = add_product(row.c2, a, m.c2);
    row.c3 = add_product(row.c3, a, m.c3);
  }
  return row;
}
