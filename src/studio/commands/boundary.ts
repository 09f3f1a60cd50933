/** Commands for the rim of scans: find it, leave it out of score and verdict. */

import { toErrorValue } from '../../core/errors.ts';
import type { PointCloud } from '../../core/types.ts';
import type { EngineClient } from '../../engine/client.ts';
import { summaryOf } from '../judgement.ts';
import { activeScan } from '../state.ts';
import type { Context } from './context.ts';

export interface BoundaryCommands {
  /** Leaves the rim of scans out of score and verdict, or lets it count again. */
  toggleBoundary(): Promise<void>;
  /** Finds the rim of the scan in the viewport while rims are left out, unless it is known. */
  findBoundary(): Promise<void>;
}

/** Finds the rim of a cloud, unless it is known. What goes wrong is a line in the log: the rim counts then. */
export async function ensureBoundary(ctx: Context, client: EngineClient, cloud: PointCloud): Promise<void> {
  if (ctx.state().boundary.found.has(cloud.id)) return;
  const { id, positions, normals } = cloud;
  const outcome = await client.call('findBoundary', { points: { id, positions, normals } });
  if (!outcome.ok) {
    if (outcome.error.kind !== 'cancelled')
      ctx.log('error', `The rim of ${cloud.name} could not be found: ${toErrorValue(outcome.error).message}`);
    return;
  }
  const { boundary, scans } = ctx.state();
  const open = new Set([id, ...scans.flatMap((scan) => scan.cloud?.id ?? [])]);
  const kept = [...boundary.found].filter(([known]) => open.has(known));
  ctx.update({ boundary: { ...boundary, found: new Map([...kept, [id, outcome.value]]) } });
}

export function createBoundaryCommands(ctx: Context, client: () => EngineClient | null): BoundaryCommands {
  /** Scans whose data was let go keep their result, which says what was left out, until they are read again. */
  const judgeAgain = () => {
    const state = ctx.state();
    ctx.update({
      scans: state.scans.map((scan) =>
        scan.analysis === null ? scan : { ...scan, summary: summaryOf(state, scan.analysis) },
      ),
    });
  };
  /** Cloud that the engine was asked about. */
  let asking: string | null = null;
  const findBoundary = async () => {
    const engine = client();
    const cloud = activeScan(ctx.state())?.cloud ?? null;
    if (!ctx.state().boundary.on || engine === null || cloud === null || cloud.id === asking) return;
    asking = cloud.id;
    await ensureBoundary(ctx, engine, cloud);
    asking = null;
    judgeAgain();
  };
  return {
    findBoundary,
    async toggleBoundary() {
      const { boundary } = ctx.state();
      ctx.update({ boundary: { ...boundary, on: !boundary.on } });
      judgeAgain();
      await findBoundary();
    },
  };
}
