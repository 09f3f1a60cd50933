/** What was shared from this browser before, with the right to revoke it. */

import type { OwnShare } from '../../studio/shareState.ts';
import { IconButton } from '../parts/IconButton.tsx';
import { Section } from '../parts/Section.tsx';
import { useCommands, useStudio } from '../useStudio.ts';

const DATE = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

export function OwnSharesPanel() {
  const own = useStudio((state) => state.share.own);
  return (
    <Section title="My links">
      {own.length === 0 ? (
        <p className="note">
          Links that you make are listed here, and can be revoked. The list stays in this browser.
        </p>
      ) : (
        <ul className="own-shares">
          {own.map((share) => (
            <OwnShareRow key={share.id} share={share} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function stateText({ revoked, expiresAt }: OwnShare, now: number): string {
  if (revoked) return 'revoked';
  return expiresAt <= now ? 'expired' : `until ${DATE.format(expiresAt)}`;
}

function OwnShareRow({ share }: { readonly share: OwnShare }) {
  const { revokeShare, forgetShare } = useCommands();
  const over = share.revoked || share.expiresAt <= Date.now();
  return (
    <li>
      <span className="own-share-name ellipsis" title={share.name}>
        {share.name}
      </span>
      <span className="note">
        {DATE.format(share.created)}, {stateText(share, Date.now())}
      </span>
      <span className="own-share-actions">
        {over ? (
          <IconButton
            icon="close"
            label={`Take “${share.name}” off the list`}
            onClick={() => forgetShare(share.id)}
          />
        ) : (
          <>
            <IconButton
              icon="copy"
              label={`Copy the link of “${share.name}”`}
              onClick={() => void navigator.clipboard.writeText(share.link)}
            />
            <button
              type="button"
              className="button"
              aria-label={`Revoke “${share.name}”`}
              onClick={() => void revokeShare(share.id)}
            >
              Revoke
            </button>
          </>
        )}
      </span>
    </li>
  );
}
