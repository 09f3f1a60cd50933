/** How the commands of Train mode write their part of the store. */

import type { ScanRole, TrainingState } from '../trainingState.ts';
import type { Context } from './context.ts';

export function patchTraining(ctx: Context, patch: (state: TrainingState) => Partial<TrainingState>): void {
  const { training } = ctx.state();
  ctx.update({ training: { ...training, ...patch(training) } });
}

export function giveRole(ctx: Context, scanId: string, role: ScanRole): void {
  patchTraining(ctx, ({ draft }) => ({ draft: { ...draft, roles: { ...draft.roles, [scanId]: role } } }));
}
