/** CPU twin of `shaders/shared/rank` and `shaders/scan`: how many marked items come before each 32 items. */

/** @param bits [W] marks of 32 items each; @returns [W] marks before each word, and how many there are */
export function ranks(bits: Uint32Array): { before: Uint32Array; total: number } {
  let total = 0;
  const before = bits.map((word) => {
    const here = total;
    for (let rest = word; rest !== 0; rest &= rest - 1) total++;
    return here;
  });
  return { before, total };
}
