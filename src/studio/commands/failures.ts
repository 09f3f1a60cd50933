/** Failures of scans as messages: the first one by itself, those of a queue after it in one that counts them. */

import type { ErrorValue } from '../../core/errors.ts';
import { manyFailedNotice, scanNotice } from '../notices.ts';
import { activeScan, type Scan } from '../state.ts';
import type { Context } from './context.ts';

/** More messages would cover the view; the list of scans has every one of them. */
const ONE_BY_ONE = 1;

export class FailureMessages {
  private readonly ctx: Context;
  private single: number[] = [];
  private many: { readonly id: number; readonly count: number } | null = null;

  constructor(ctx: Context) {
    this.ctx = ctx;
  }

  tell(error: ErrorValue, { id, name }: Scan): void {
    const { notices } = this.ctx.state();
    const open = (notice: number) => notices.some((known) => known.id === notice);
    this.single = this.single.filter(open);
    if (this.many !== null && !open(this.many.id)) this.many = null;
    const shown = activeScan(this.ctx.state());
    const text = scanNotice(error, name, id, shown === null || shown.id === id ? null : shown.name);
    if (this.many === null && this.single.length < ONE_BY_ONE) {
      this.single.push(this.ctx.notify(text));
      return;
    }
    const count = (this.many?.count ?? 0) + 1;
    const before = this.many?.id;
    this.ctx.update({ notices: notices.filter((notice) => notice.id !== before) });
    this.many = { id: this.ctx.notify(manyFailedNotice(count, text)), count };
  }
}
