// Ranks of marked items: how many marked items come before one. Marks are bits, 32 items to a word, so that a
// kernel marks 32 items per thread and needs no barrier (software adapters pay dearly for those); scan/blocks
// and scan/ranks then fill in what comes before each word. Twin: core/rank.ts.

struct RankWord {
  bits: u32,
  before: u32, // marks before these 32 items
}

// Words whose marks the marking kernels sum up for scan/blocks.
const WORDS_PER_SUM = 32u;

fn is_marked(item: u32, word: RankWord) -> bool { return ((word.bits >> (item % 32u)) & 1u) == 1u; }

fn rank_of(item: u32, word: RankWord) -> u32 {
  return word.before + countOneBits(word.bits & ((1u << (item % 32u)) - 1u));
}
