/** The link that was made: copy it, show it to a camera, try it. */

import { useEffect, useRef, useState } from 'react';
import type { MadeShare } from '../../studio/shareState.ts';
import { formatBytes, formatCount } from '../../studio/units.ts';
import { Icon } from '../parts/Icon.tsx';
import { Section } from '../parts/Section.tsx';
import { MOST_QR_LETTERS, QrCode } from './QrCode.tsx';

const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

function isLocal(link: string): boolean {
  const { hostname } = new URL(link);
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}

export function MadePanel({ made }: { readonly made: MadeShare }) {
  const { link, expiresAt, points, bytes, password } = made;
  const top = useRef<HTMLDivElement & HTMLParagraphElement>(null);
  // It appears above what was being looked at.
  useEffect(() => {
    top.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const size = `${formatCount(points)} points, ${formatBytes(bytes)}`;
  if (link === null)
    return (
      <Section title="Saved">
        <p ref={top} className="share-made" role="status">
          The file is in your downloads: {size}. It opens from disk, without a network.
        </p>
      </Section>
    );
  return (
    <Section title="Your link">
      <div ref={top} className="share-made">
        <CopyField link={link} />
      </div>
      <p className="note" role="status">
        {size}.{' '}
        {expiresAt === null
          ? `${formatCount(link.length)} characters.`
          : `Deleted on ${DATE.format(expiresAt)}, or when you revoke it below.`}
        {password && ' It asks for the password.'}
      </p>
      {isLocal(link) && (
        <p className="note caution">
          <Icon name="alert" />
          <span>This studio runs at an address of this computer only: others cannot open the link.</span>
        </p>
      )}
      {link.length <= MOST_QR_LETTERS && <QrCode text={link} label="QR code of the link" />}
    </Section>
  );
}

function CopyField({ link }: { readonly link: string }) {
  const [copied, setCopied] = useState<'no' | 'yes' | 'failed'>('no');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link);
      setCopied('yes');
    } catch {
      // Forbidden, or not a secure address: the field is selected, so that the user's own keys copy it.
      setCopied('failed');
    }
  };
  return (
    <div className="share-copy">
      <input
        className="text-input"
        type="text"
        readOnly
        aria-label="Link"
        value={link}
        onFocus={(event) => event.currentTarget.select()}
      />
      <button type="button" className="button" onClick={() => void copy()}>
        <Icon name={copied === 'yes' ? 'check' : 'copy'} />
        {copied === 'yes' ? 'Copied' : 'Copy'}
      </button>
      <a className="button" href={link} target="_blank" rel="noreferrer">
        Open
      </a>
      {copied === 'failed' && (
        <p className="note" role="alert">
          The browser does not allow it: click into the field and press Ctrl+C.
        </p>
      )}
    </div>
  );
}
