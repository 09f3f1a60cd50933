/** @param targets [3N]; @returns how many points have a non-zero target offset, as the golden data counts */
export function countMoved(targets: ArrayLike<number>): number {
  let moved = 0;
  for (let i = 0; i < targets.length; i += 3)
    if (targets[i] !== 0 || targets[i + 1] !== 0 || targets[i + 2] !== 0) moved++;
  return moved;
}
