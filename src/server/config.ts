/** The server's settings, from the environment. README and docs/share-server.md list them. */

import { resolve } from 'node:path';
import type { S3Options } from './s3Store.ts';

export type StoreConfig =
  | { readonly kind: 'directory'; readonly path: string; readonly quota: number }
  | { readonly kind: 's3'; readonly options: S3Options };

export interface ServerConfig {
  readonly store: StoreConfig;
  readonly maxBytes: number;
  readonly uploadsPerHour: number;
  readonly readsPerMinute: number;
  /** The client's address is the last one in X-Forwarded-For: only behind a proxy of one's own. */
  readonly trustProxy: boolean;
  readonly embedIn: string;
  readonly log: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws RangeError naming the variable */
function positive(env: Environment, name: string, otherwise: number): number {
  const text = env[name];
  if (text === undefined || text === '') return otherwise;
  const value = Number(text);
  if (!(value > 0)) throw new RangeError(`${name}="${text}" must be a number above 0`);
  return value;
}

function required(env: Environment, name: string): string {
  const value = env[name];
  if (value === undefined || value === '')
    throw new RangeError(`${name} is missing: SHARE_S3_BUCKET asks for an object store`);
  return value;
}

function readS3(env: Environment, bucket: string): S3Options {
  const region = env.SHARE_S3_REGION || 'us-east-1';
  const endpoint = env.SHARE_S3_ENDPOINT || `https://s3.${region}.amazonaws.com`;
  if (!URL.canParse(endpoint)) throw new RangeError(`SHARE_S3_ENDPOINT="${endpoint}" must be an address`);
  return {
    endpoint,
    bucket,
    region,
    accessKeyId: required(env, 'SHARE_S3_ACCESS_KEY_ID'),
    secretAccessKey: required(env, 'SHARE_S3_SECRET_ACCESS_KEY'),
    prefix: env.SHARE_S3_PREFIX ?? 'shares/',
    presign: env.SHARE_S3_PRESIGN === '1',
  };
}

/** @param root a relative SHARE_DIR and the default lie below it @throws RangeError naming the variable */
export function readConfig(env: Environment, root: string): ServerConfig {
  const bucket = env.SHARE_S3_BUCKET;
  return {
    store:
      bucket !== undefined && bucket !== ''
        ? { kind: 's3', options: readS3(env, bucket) }
        : {
            kind: 'directory',
            path: resolve(root, env.SHARE_DIR || '.shares'),
            quota: positive(env, 'SHARE_QUOTA_BYTES', 2e9),
          },
    maxBytes: positive(env, 'SHARE_MAX_BYTES', 16e6),
    uploadsPerHour: positive(env, 'SHARE_UPLOADS_PER_HOUR', 120),
    readsPerMinute: positive(env, 'SHARE_READS_PER_MINUTE', 600),
    trustProxy: env.SHARE_TRUST_PROXY === '1',
    embedIn: env.SHARE_EMBED_ANCESTORS || '*',
    log: env.SHARE_LOG !== '0',
  };
}
