import { execFileSync } from 'node:child_process';
import { program } from '../../tools/engines/programs.mjs';
import type { Base, Engine, Mistake, Settings } from './rows.js';

/** S3, of several stores. */
export const s3: Engine = {
  engine: 'S3',
  setUps: [
    {
      name: 'Ceph radosgw of Debian 12',
      set: '`COUPON_MEDIA_S3_PATH_STYLE=true`',
      start: async () => ({
        version: versionOf(execFileSync(program('radosgw'), ['--version'], { encoding: 'utf8' })),
        settings: {},
        end: nothing,
      }),
    },
  ],
  mistakes: [
    wrong('nothing listens at the endpoint', /ECONNREFUSED/, { S3_ENDPOINT: 'http://127.0.0.1:1' }),
    wrong('the bucket is named in the host, and no name leads there', /COUPON_MEDIA_S3_PATH_STYLE=true/, {
      S3_PATH_STYLE: 'false',
      S3_ENDPOINT: 'http://s3.invalid',
    }),
    wrong('there is no such bucket', /NoSuchBucket \(404\)/, { S3_BUCKET: 'nobody-has-this' }),
    {
      name: 'the secret is wrong',
      says: /SignatureDoesNotMatch \(403\)/,
      start: async () => ({ settings: { AWS_SECRET_ACCESS_KEY: 'wrong' }, end: nothing }),
    },
    {
      name: 'the access key is unknown',
      says: /InvalidAccessKeyId \(403\)/,
      start: async () => ({ settings: { AWS_ACCESS_KEY_ID: 'AKNOBODY' }, end: nothing }),
    },
    {
      name: 'https:// to a port that speaks http',
      says: /COUPON_MEDIA_S3_ENDPOINT/,
      start: async ({ s3: { endpoint } }: Base) => ({
        settings: { COUPON_MEDIA_S3_ENDPOINT: endpoint.replace('http:', 'https:') },
        end: nothing,
      }),
    },
    wrong('encryption that the store does not do', /COUPON_MEDIA_S3_ENCRYPTION/, {
      S3_ENCRYPTION: 'aws:kms',
    }),
  ],
};

/** A mistake in the settings. */
function wrong(name: string, says: RegExp, changes: Settings): Mistake {
  const settings = Object.fromEntries(
    Object.entries(changes).map(([key, value]) => [`COUPON_MEDIA_${key}`, value]),
  );
  return { name, says, brief: true, start: async () => ({ settings, end: nothing }) };
}

function versionOf(printed: string): string {
  return /\d+(\.\d+)+/.exec(printed)?.[0] ?? printed.trim();
}

async function nothing(): Promise<void> {}
