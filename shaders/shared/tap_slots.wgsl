// Where the pairs of one tap lie among the slots of its map. Twin: core/convPairs.ts.

struct TapSlots {
  start: u32, // first slot
  pairs: u32,
  shift: u32, // slot of a pair less the pairs before it in all maps, mod 2^32
}
