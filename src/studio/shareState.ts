/** What Share mode knows: how it is going to be shared, what would leave, and what was shared before. */

import type { ShareLimits } from '../share/client.ts';
import type { LinkLength, TtlDays } from '../share/links.ts';

export type { LinkLength, TtlDays };

/** Encrypted on the server; inside the link itself; as one file. */
export const SHARE_WAYS = ['stored', 'link', 'file'] as const;

export type ShareWay = (typeof SHARE_WAYS)[number];

export interface ShareOptions {
  readonly way: ShareWay;
  readonly ttl: TtlDays;
  readonly linkLength: LinkLength;
  /** null = the scan's own. */
  readonly name: string | null;
  /** Pinned to the point in the middle of the view; empty for none. */
  readonly comment: string;
  /** Empty for none. */
  readonly password: string;
  /** Predicted offsets, for the restore slider. */
  readonly offsets: boolean;
  readonly labels: boolean;
  /** Comments that were pinned to the scan. */
  readonly pins: boolean;
  /** Scores with 16 bits instead of 8. */
  readonly exact: boolean;
}

/** What would leave, measured. */
export type SharePlan =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'measuring' }
  | {
      readonly kind: 'ready';
      readonly bytes: number;
      readonly limit: number;
      readonly points: number;
      readonly sourcePoints: number;
      /** Positions and scores. */
      readonly bytesPerPoint: number;
    }
  | { readonly kind: 'failed'; readonly message: string };

export interface MadeShare {
  readonly way: ShareWay;
  /** null for a file. */
  readonly link: string | null;
  readonly bytes: number;
  readonly points: number;
  /** Milliseconds since 1970; null for what does not expire. */
  readonly expiresAt: number | null;
  readonly password: boolean;
}

/** A stored share that this browser may revoke. */
export interface OwnShare {
  readonly id: string;
  readonly ownerToken: string;
  readonly link: string;
  readonly name: string;
  readonly created: number;
  readonly expiresAt: number;
  readonly revoked: boolean;
}

export interface ShareState {
  /** null: hosted without the API, only links and files. */
  readonly server: ShareLimits | 'asking' | null;
  readonly options: ShareOptions;
  readonly plan: SharePlan;
  /** What is being done, null for nothing. */
  readonly busy: string | null;
  readonly made: MadeShare | null;
  readonly problem: string | null;
  readonly own: readonly OwnShare[];
}

export const INITIAL_SHARE: ShareState = {
  server: 'asking',
  options: {
    way: 'stored',
    ttl: 7,
    linkLength: 'webmail',
    name: null,
    comment: '',
    password: '',
    offsets: true,
    labels: true,
    pins: true,
    exact: false,
  },
  plan: { kind: 'nothing' },
  busy: null,
  made: null,
  problem: null,
  own: [],
};

/** So many are kept, the newest first. */
const MOST_OWN = 200;

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** @param json as it was stored; entries that are not whole are left out */
export function readOwnShares(json: string | null): OwnShare[] {
  let stored: unknown;
  try {
    stored = JSON.parse(json ?? '[]');
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return [];
  }
  if (!Array.isArray(stored)) return [];
  return stored.slice(0, MOST_OWN).flatMap((value: unknown) => {
    if (typeof value !== 'object' || value === null) return [];
    const entry: Readonly<Record<string, unknown>> = { ...value };
    const { id, ownerToken, link, name, created, expiresAt, revoked } = entry;
    const whole = [id, ownerToken, link, name].every(isText) && typeof created === 'number';
    if (!whole || typeof expiresAt !== 'number') return [];
    return [
      {
        id: String(id),
        ownerToken: String(ownerToken),
        link: String(link),
        name: String(name),
        created,
        expiresAt,
        revoked: revoked === true,
      },
    ];
  });
}

/** @returns the list with one more in front */
export function withOwnShare(own: readonly OwnShare[], share: OwnShare): OwnShare[] {
  return [share, ...own].slice(0, MOST_OWN);
}
