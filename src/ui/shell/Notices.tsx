/** Messages over the viewport: what happened, where, why, and what to do next. */

import type { Notice } from '../../studio/state.ts';
import { Icon } from '../parts/Icon.tsx';
import { IconButton } from '../parts/IconButton.tsx';
import { useCommands, useStudio } from '../useStudio.ts';

const ACTION_WORDS = {
  'retry-scan': 'Try again',
  'show-failed': 'Show the failed scans',
  'restart-engine': 'Start the engine again',
  'reload-catalogue': 'Load the lists again',
  'go-on-with-run': 'Go on',
} as const;

export function Notices() {
  const notices = useStudio((state) => state.notices);
  if (notices.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area is scrolled with the keyboard
    <section className="notices" aria-label="Messages" tabIndex={0}>
      {[...notices].reverse().map((notice) => (
        <NoticeCard key={notice.id} notice={notice} />
      ))}
    </section>
  );
}

function NoticeCard({ notice }: { readonly notice: Notice }) {
  const { dismissNotice, actOnNotice } = useCommands();
  const { id, tone, title, where, cause, next, action } = notice;
  return (
    <div className={`notice notice-${tone}`} role="alert">
      <Icon name="alert" />
      <div className="notice-text">
        <strong>{title}</strong>
        {where !== '' && <code>{where}</code>}
        <p>{cause}</p>
        <p className="dim">{next}</p>
        {action !== null && (
          <button type="button" className="button" onClick={() => actOnNotice(id)}>
            {ACTION_WORDS[action.kind]}
          </button>
        )}
      </div>
      <IconButton icon="close" label="Dismiss this message" onClick={() => dismissNotice(id)} />
    </div>
  );
}
