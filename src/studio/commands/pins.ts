/** Commands for pins: comments on points of the scan in the viewport, kept like labels and undone with them. */

import { LONGEST_COMMENT, MOST_PINS, type Pin } from '../../core/labels/pins.ts';
import { activeScan } from '../state.ts';
import type { ViewToolState } from '../viewToolState.ts';
import type { Context } from './context.ts';
import type { LabelDesk } from './labelDesk.ts';

export interface PinCommands {
  /** The next click on the scan puts a pin there. */
  setPinning(on: boolean): void;
  /** A pin on a point, without a comment yet: nothing is kept before there is one. */
  beginPin(row: number): void;
  editPin(id: number): void;
  /** Keeps the comment of the pin that is being written; an empty one drops the pin. */
  savePin(text: string): Promise<void>;
  /** @returns false when no comment was being written */
  dropPinDraft(): boolean;
  removePin(id: number): void;
}

export function createPinCommands(ctx: Context, desk: LabelDesk): PinCommands {
  const tools = () => ctx.state().viewTools;
  const update = (patch: Partial<ViewToolState>) => ctx.update({ viewTools: { ...tools(), ...patch } });
  const cloudId = () => activeScan(ctx.state())?.cloud?.id ?? null;

  const change = (make: (pins: readonly Pin[]) => readonly Pin[]) => {
    const here = desk.current();
    if (here === null) return;
    const before = here.labels.set.pins;
    const after = make(before);
    if (after !== before) desk.step(here.cloud.id, here.labels, { kind: 'pins', before, after });
  };
  const remove = (id: number) =>
    change((pins) => (pins.some((pin) => pin.id === id) ? pins.filter((pin) => pin.id !== id) : pins));

  return {
    setPinning: (pinning) => update({ pinning, measuring: null, begun: null, pinDraft: null }),
    beginPin(row) {
      const cloud = cloudId();
      if (cloud !== null) update({ pinning: false, pinDraft: { cloudId: cloud, row, id: null } });
    },
    editPin(id) {
      const pin = desk.current()?.labels.set.pins.find((known) => known.id === id);
      const cloud = cloudId();
      if (pin !== undefined && cloud !== null)
        update({ pinning: false, pinDraft: { cloudId: cloud, row: pin.row, id } });
    },
    async savePin(text) {
      const draft = tools().pinDraft;
      update({ pinDraft: null });
      if (draft === null || draft.cloudId !== cloudId()) return;
      const comment = text.trim().slice(0, LONGEST_COMMENT);
      await desk.open();
      const { id } = draft;
      if (comment === '') {
        if (id !== null) remove(id);
        return;
      }
      change((pins) => {
        if (id !== null) return pins.map((pin) => (pin.id === id ? { ...pin, text: comment } : pin));
        const next = pins.reduce((most, pin) => Math.max(most, pin.id), 0) + 1;
        return [...pins, { id: next, row: draft.row, text: comment }].slice(0, MOST_PINS);
      });
    },
    dropPinDraft() {
      if (tools().pinDraft === null) return false;
      update({ pinDraft: null });
      return true;
    },
    removePin: remove,
  };
}
