/** The drawer under the viewport: what the mode shows there, and the log. */

import { useEffect, useRef } from 'react';
import type { LogLine } from '../../studio/state.ts';
import { useMode } from '../modes.ts';
import { Icon } from '../parts/Icon.tsx';
import { useCommands, useStudio } from '../useStudio.ts';

export function Drawer() {
  const open = useStudio((state) => state.panels.drawer);
  const { setPanel } = useCommands();
  const { title, Pane } = useMode().drawer;
  const label = `${title} and log`;
  return (
    <section className="drawer" aria-label={label}>
      <button
        type="button"
        className="drawer-toggle"
        aria-expanded={open}
        aria-controls="drawer-body"
        onClick={() => setPanel('drawer', !open)}
      >
        <Icon name="drawer" />
        {label}
      </button>
      {open && (
        <div className="drawer-body" id="drawer-body">
          <Pane />
          <Log />
        </div>
      )}
    </section>
  );
}

const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

function Log() {
  const lines = useStudio((state) => state.log);
  const end = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls when a line is added
  useEffect(() => {
    const box = end.current;
    if (box !== null) box.scrollTop = box.scrollHeight;
  }, [lines]);
  return (
    <div className="log-pane">
      <h2>Log</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area is scrolled with the keyboard */}
      <div className="log" role="log" aria-label="Log" tabIndex={0} ref={end}>
        {lines.map((line) => (
          <Line key={line.id} line={line} />
        ))}
      </div>
    </div>
  );
}

function Line({ line }: { readonly line: LogLine }) {
  return (
    <p className={`log-${line.level}`}>
      <time dateTime={new Date(line.time).toISOString()}>{TIME.format(line.time)}</time>
      <span>{line.text}</span>
    </p>
  );
}
