import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';
import { clientKey, RateLimit } from './rateLimit.ts';

describe('settings', () => {
  it('keep shares in a folder below the project unless a bucket is named', () => {
    expect(readConfig({}, '/srv/studio').store).toMatchObject({
      kind: 'directory',
      path: '/srv/studio/.shares',
    });
    expect(readConfig({ SHARE_DIR: '/var/shares' }, '/srv').store).toMatchObject({ path: '/var/shares' });
    const keys = { SHARE_S3_ACCESS_KEY_ID: 'a', SHARE_S3_SECRET_ACCESS_KEY: 'b' };
    expect(readConfig({ ...keys, SHARE_S3_BUCKET: 'heatmaps' }, '/srv').store).toMatchObject({
      kind: 's3',
      options: { bucket: 'heatmaps', endpoint: 'https://s3.us-east-1.amazonaws.com', presign: false },
    });
  });

  it('that make no sense are named', () => {
    expect(() => readConfig({ SHARE_MAX_BYTES: 'much' }, '/')).toThrow('SHARE_MAX_BYTES');
    expect(() => readConfig({ SHARE_S3_BUCKET: 'x' }, '/')).toThrow('SHARE_S3_ACCESS_KEY_ID');
    expect(() => readConfig({ SHARE_S3_BUCKET: 'x', SHARE_S3_ENDPOINT: 'nowhere' }, '/')).toThrow(
      'SHARE_S3_ENDPOINT',
    );
  });
});

describe('rate limit', () => {
  it('allows a burst, then as much as comes back over time', () => {
    const limit = new RateLimit(3, 60);
    expect([0, 0, 0, 0].map(() => limit.take('a', 1000))).toEqual([0, 0, 0, 1]);
    expect(limit.take('b', 1000)).toBe(0);
    expect(limit.take('a', 2000)).toBe(0);
    expect(limit.take('a', 2000)).toBe(1);
    expect(limit.take('a', 1e9)).toBe(0);
  });

  it('counts an IPv6 customer as one, and an IPv4 address in either spelling', () => {
    expect(clientKey('::ffff:192.0.2.7')).toBe(clientKey('192.0.2.7'));
    expect(clientKey('2001:db8:1:2:3:4:5:6')).toBe(clientKey('2001:db8:1:2::9'));
    expect(clientKey('2001:db8:1:3::9')).not.toBe(clientKey('2001:db8:1:2::9'));
    expect(clientKey('::1')).toBe('0:0:0:0');
  });
});
