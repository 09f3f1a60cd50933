/** How often one client may ask: a bucket of tokens each, filled again over time. */

interface Bucket {
  tokens: number;
  /** When it was last filled, milliseconds. */
  at: number;
}

/** So many clients are remembered; full buckets need not be. */
const MOST_CLIENTS = 20_000;

export class RateLimit {
  private readonly burst: number;
  private readonly perMs: number;
  private readonly buckets = new Map<string, Bucket>();

  /** @param burst requests at once @param perMinute requests in the long run */
  constructor(burst: number, perMinute: number) {
    this.burst = burst;
    this.perMs = perMinute / 60_000;
  }

  /** @returns 0 when the request is within the limit, otherwise seconds until the next one is */
  take(client: string, now: number): number {
    const bucket = this.buckets.get(client) ?? { tokens: this.burst, at: now };
    const tokens = Math.min(this.burst, bucket.tokens + (now - bucket.at) * this.perMs);
    const allowed = tokens >= 1;
    // Put in again at the end: the first of the map is the one not seen for longest.
    this.buckets.delete(client);
    this.buckets.set(client, { tokens: allowed ? tokens - 1 : tokens, at: now });
    if (this.buckets.size > MOST_CLIENTS) this.forgetOldest();
    return allowed ? 0 : Math.max(1, Math.ceil((1 - tokens) / this.perMs / 1000));
  }

  private forgetOldest(): void {
    const [oldest] = this.buckets.keys();
    if (oldest !== undefined) this.buckets.delete(oldest);
  }
}

/** @returns what counts as one client: an IPv4 address, or the /64 network that one IPv6 customer has */
export function clientKey(address: string): string {
  const plain = address.replace(/^::ffff:/i, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  return [...before, ...Array<string>(zeros).fill('0'), ...after].slice(0, 4).join(':');
}
