// Normals by plane fit: each thread finds the k nearest neighbours of one point in the kd-tree and takes the
// eigenvector of the smallest eigenvalue of their covariance. Threads go in tree order, so that neighbouring
// threads walk the same nodes. Any density, duplicates and outliers: the tree is balanced by construction.
// Twin: core/knn `kNearest` and core/planeFit `fitNormals`.

const MAX_NEIGHBOURS = 32u;
const MAX_DEPTH = 30u;
const FAR = 3.4e38f;
// As in core/planeFit.ts.
const LINE_RATIO = 1e-5f;
const NEGLIGIBLE = 1e-12f;
const SWEEPS = 6u;

struct Params {
  first: u32, // tree-ordered point of the first thread
  count: u32, // points of this dispatch
  depth: u32, // of the tree: 2^depth leaves
  neighbours: u32, // k, 1 .. MAX_NEIGHBOURS
  kept: u32, // neighbours written, at most k
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> points: array<f32>; // [3 N] tree order
@group(0) @binding(2) var<storage, read> starts: array<u32>; // [2^depth + 1]
@group(0) @binding(3) var<storage, read> boxes: array<f32>; // [6 nodes] low xyz, high xyz
@group(0) @binding(4) var<storage, read_write> normals: array<f32>; // [3 count]
@group(0) @binding(5) var<storage, read_write> rows: array<u32>; // [count kept] tree order, nearest first

// The nearest found so far, ascending; the last one is the reach.
var<private> near_rows: array<u32, MAX_NEIGHBOURS>;
var<private> near_distance: array<f32, MAX_NEIGHBOURS>;

fn point_at(i: u32) -> vec3<f32> {
  return vec3(points[3u * i], points[3u * i + 1u], points[3u * i + 2u]);
}

fn box_distance(node: u32, p: vec3<f32>) -> f32 {
  let b = 6u * node;
  let low = vec3(boxes[b], boxes[b + 1u], boxes[b + 2u]);
  let high = vec3(boxes[b + 3u], boxes[b + 4u], boxes[b + 5u]);
  let d = max(max(low - p, p - high), vec3(0f));
  return dot(d, d);
}

fn add_neighbour(row: u32, distance: f32) {
  var at = params.neighbours - 1u;
  while (at > 0u && near_distance[max(at, 1u) - 1u] > distance) {
    near_distance[at] = near_distance[at - 1u];
    near_rows[at] = near_rows[at - 1u];
    at--;
  }
  near_distance[at] = distance;
  near_rows[at] = row;
}

// Depth first, nearer child first.
fn search(query: u32, p: vec3<f32>) {
  for (var j = 0u; j < params.neighbours; j++) { near_distance[j] = FAR; }
  let last = params.neighbours - 1u;
  let first_leaf = (1u << params.depth) - 1u;
  var stack: array<u32, MAX_DEPTH>;
  var bound: array<f32, MAX_DEPTH>;
  var top = 1u;
  while (top > 0u) {
    top--;
    if (bound[top] >= near_distance[last]) { continue; }
    let node = stack[top];
    if (node < first_leaf) {
      let left = box_distance(2u * node + 1u, p);
      let right = box_distance(2u * node + 2u, p);
      let left_first = u32(left <= right);
      stack[top] = 2u * node + 1u + left_first;
      bound[top] = max(left, right);
      stack[top + 1u] = 2u * node + 2u - left_first;
      bound[top + 1u] = min(left, right);
      top += 2u;
      continue;
    }
    for (var i = starts[node - first_leaf]; i < starts[node - first_leaf + 1u]; i++) {
      if (i == query) { continue; }
      let d = point_at(i) - p;
      let distance = dot(d, d);
      if (distance < near_distance[last]) { add_neighbour(i, distance); }
    }
  }
}

// Symmetric 3x3 as three rows.
struct Eigen {
  values: vec3<f32>,
  vectors: mat3x3<f32>, // column c belongs to values[c]
}

// Cyclic Jacobi.
fn eigen(matrix: mat3x3<f32>) -> Eigen {
  var a = matrix;
  var v = mat3x3<f32>(1f, 0f, 0f, 0f, 1f, 0f, 0f, 0f, 1f);
  for (var step = 0u; step < 3u * SWEEPS; step++) {
    // The index pairs (0,1), (0,2), (1,2) and the index left over.
    let pair = step % 3u;
    let p = select(0u, 1u, pair == 2u);
    let q = select(2u, 1u, pair == 0u);
    let r = 3u - p - q;
    let apq = a[p][q];
    if (abs(apq) < NEGLIGIBLE) { continue; }
    let theta = (a[q][q] - a[p][p]) / (2f * apq);
    let t = select(1f, -1f, theta < 0f) / (abs(theta) + sqrt(theta * theta + 1f));
    let c = 1f / sqrt(t * t + 1f);
    let s = t * c;
    a[p][p] -= t * apq;
    a[q][q] += t * apq;
    a[p][q] = 0f;
    a[q][p] = 0f;
    let arp = a[r][p];
    let arq = a[r][q];
    a[r][p] = c * arp - s * arq;
    a[p][r] = a[r][p];
    a[r][q] = s * arp + c * arq;
    a[q][r] = a[r][q];
    let vp = v[p];
    let vq = v[q];
    v[p] = c * vp - s * vq;
    v[q] = s * vp + c * vq;
  }
  return Eigen(vec3(a[0][0], a[1][1], a[2][2]), v);
}

// The coordinate axis that is least along a line, made perpendicular to it; weights as in the twin.
fn across_line(along: vec3<f32>) -> vec3<f32> {
  let size = abs(along) * vec3(1f, 1.0625f, 1.125f);
  var axis = vec3(1f, 0f, 0f);
  if (size.y < size.x && size.y <= size.z) { axis = vec3(0f, 1f, 0f); }
  if (size.z < size.x && size.z < size.y) { axis = vec3(0f, 0f, 1f); }
  return normalize(axis - dot(axis, along) * along);
}

fn outer(d: vec3<f32>) -> mat3x3<f32> {
  return mat3x3<f32>(d * d.x, d * d.y, d * d.z);
}

// Relative to the point and to the furthest neighbour, so that neither place nor unit costs precision.
fn plane_normal(p: vec3<f32>) -> vec3<f32> {
  var reach = 0f;
  var mean = vec3(0f);
  for (var j = 0u; j < params.neighbours; j++) {
    let d = point_at(near_rows[j]) - p;
    reach = max(reach, max(abs(d.x), max(abs(d.y), abs(d.z))));
    mean += d;
  }
  if (reach == 0f) { return vec3(0f, 0f, 1f); }
  let share = 1f / f32(params.neighbours + 1u);
  mean *= share;
  var covariance = outer(mean / reach);
  for (var j = 0u; j < params.neighbours; j++) {
    covariance += outer((point_at(near_rows[j]) - p - mean) / reach);
  }
  let e = eigen(covariance * share);
  var low = 0u;
  var high = 0u;
  for (var c = 1u; c < 3u; c++) {
    if (e.values[c] < e.values[low]) { low = c; }
    if (e.values[c] >= e.values[high]) { high = c; }
  }
  if (e.values[3u - low - high] <= LINE_RATIO * e.values[high]) { return across_line(e.vectors[high]); }
  return e.vectors[low];
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * params.threads_x + id.x;
  if (i >= params.count) { return; }
  let query = params.first + i;
  let p = point_at(query);
  search(query, p);
  let n = plane_normal(p);
  normals[3u * i] = n.x;
  normals[3u * i + 1u] = n.y;
  normals[3u * i + 2u] = n.z;
  for (var j = 0u; j < params.kept; j++) { rows[i * params.kept + j] = near_rows[j]; }
}
