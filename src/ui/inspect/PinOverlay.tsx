/** Pins over the 3D view: the tool that puts one, the pins themselves, and the box their comment is written in. */

import { type RefObject, useEffect, useId, useRef, useState } from 'react';
import { LONGEST_COMMENT, type Pin, pinName } from '../../core/labels/pins.ts';
import { rowPlace } from '../../core/rowPlace.ts';
import type { PointCloud } from '../../core/types.ts';
import type { PinDraft } from '../../studio/viewToolState.ts';
import type { Viewer } from '../../viewer/viewer.ts';
import { useKeyActions } from '../keyActions.ts';
import { useActiveScan, useScanLabels } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { useViewer } from '../useViewer.ts';
import { usePointPick } from '../view/usePointPick.ts';

const NO_PINS: readonly Pin[] = [];

export function PinOverlay() {
  const pinning = useStudio((state) => state.viewTools.pinning);
  const draft = useStudio((state) => state.viewTools.pinDraft);
  const cloud = useActiveScan()?.cloud ?? null;
  const { setPinning, undoLabel, redoLabel } = useCommands();
  useKeyActions({ pin: () => setPinning(!pinning), undo: undoLabel, redo: redoLabel });
  return (
    <>
      {pinning && <PinTool />}
      {cloud !== null && <PinsInView cloud={cloud} draft={draft?.cloudId === cloud.id ? draft : null} />}
      {cloud !== null && draft?.cloudId === cloud.id && (
        <CommentBox key={`${draft.row} ${draft.id}`} draft={draft} />
      )}
    </>
  );
}

/** Takes a point while it is on screen. */
function PinTool() {
  const { beginPin, setPinning } = useCommands();
  const { takeMiddle } = usePointPick(beginPin);
  useKeyActions({ 'measure-middle': takeMiddle, close: () => setPinning(false) });
  return (
    <p className="tool-hint measure-hint" role="status">
      Pin: click a point, or Enter for the middle; Esc ends
    </p>
  );
}

interface InViewProps {
  readonly cloud: PointCloud;
  readonly draft: PinDraft | null;
}

function PinsInView({ cloud, draft }: InViewProps) {
  const viewer = useViewer();
  const pins = useScanLabels()?.set.pins ?? NO_PINS;
  const layer = useRef<HTMLElement>(null);
  const { editPin } = useCommands();
  const begun = draft !== null && draft.id === null ? draft.row : null;
  useEffect(() => {
    const rows = [...pins.map(({ row }) => row), ...(begun === null ? [] : [begun])];
    const place = () => placePins(viewer, layer, cloud, rows);
    place();
    return viewer.current?.onDraw(place);
  }, [viewer, cloud, pins, begun]);
  if (pins.length === 0 && begun === null) return null;
  return (
    <section className="pins" ref={layer} aria-label="Pins with comments">
      {pins.map(({ id, text }, at) => (
        <button
          key={id}
          type="button"
          className="pin comment-pin"
          aria-label={`Pin ${pinName(at)}: ${text}`}
          aria-pressed={id === draft?.id}
          title={text}
          onClick={() => editPin(id)}
        >
          {pinName(at)}
        </button>
      ))}
      {begun !== null && (
        <span className="pin comment-pin" data-begun="">
          {pinName(pins.length)}
        </span>
      )}
    </section>
  );
}

function placePins(
  viewer: RefObject<Viewer | null>,
  layer: RefObject<HTMLElement | null>,
  { positions, normals }: PointCloud,
  rows: readonly number[],
): void {
  rows.forEach((row, at) => {
    const pin = layer.current?.children[at];
    const { current } = viewer;
    if (!(pin instanceof HTMLElement) || current === null) return;
    const towards = current.direction();
    const normal = normals === null ? towards : rowPlace(normals, row);
    const spot = normal === null ? null : current.locate(rowPlace(positions, row), normal);
    if (spot === null) return;
    pin.style.transform = `translate(${spot.x.toFixed(1)}px, ${spot.y.toFixed(1)}px)`;
    pin.classList.toggle('behind', !spot.facing);
  });
}

function CommentBox({ draft }: { readonly draft: PinDraft }) {
  const id = useId();
  const pins = useScanLabels()?.set.pins ?? NO_PINS;
  const at = pins.findIndex((pin) => pin.id === draft.id);
  const [text, setText] = useState(pins[at]?.text ?? '');
  const { savePin, dropPinDraft, removePin } = useCommands();
  const name = pinName(at < 0 ? pins.length : at);
  return (
    <form
      className="comment-box"
      onSubmit={(event) => {
        event.preventDefault();
        void savePin(text);
      }}
    >
      <label htmlFor={id}>Comment of pin {name}</label>
      <textarea
        id={id}
        className="text-input"
        rows={3}
        maxLength={LONGEST_COMMENT}
        // biome-ignore lint/a11y/noAutofocus: it appears because the user asked to write
        autoFocus
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.preventDefault();
            dropPinDraft();
          } else if (event.key === 'Enter' && !event.shiftKey) {
            event.preventDefault();
            void savePin(text);
          }
        }}
      />
      <div className="row">
        {draft.id !== null && (
          <button
            type="button"
            className="button button-small"
            onClick={() => {
              dropPinDraft();
              removePin(draft.id ?? -1);
            }}
          >
            Delete
          </button>
        )}
        <span className="note">Enter keeps it, Shift+Enter begins a line</span>
        <button type="button" className="button button-small" onClick={dropPinDraft}>
          Cancel
        </button>
        <button type="submit" className="button button-small button-primary">
          Keep
        </button>
      </div>
    </form>
  );
}
