import { execFileSync } from 'node:child_process';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { startCeph } from '../../tools/engines/ceph.mjs';
import { program } from '../../tools/engines/programs.mjs';
import { createBucket, forbidWriting } from '../../tools/engines/s3.mjs';
import { startStore } from '../../tools/engines/s3-stores.mjs';
import { startSwift } from '../../tools/engines/swift.mjs';
import { makeCertificate } from './certificates.js';
import type { Base, Engine, Mistake, Settings, StartedSetUp } from './rows.js';

/** S3, of several stores. */
export const s3: Engine = {
  engine: 'S3',
  setUps: [
    {
      name: 'Ceph radosgw of Debian 12',
      set: '`COUPON_MEDIA_S3_PATH_STYLE=true`',
      start: async () => ({
        version: cephVersion(),
        settings: {},
        end: nothing,
      }),
    },
    {
      name: 'Ceph radosgw, a bucket with dots in its name',
      set: '`COUPON_MEDIA_S3_PATH_STYLE=true`',
      async start({ s3: store }) {
        const bucket = `${store.bucket}.coupons.example`;
        await createBucket(store, bucket);
        return { version: cephVersion(), settings: { COUPON_MEDIA_S3_BUCKET: bucket }, end: nothing };
      },
    },
    {
      name: 'Ceph radosgw, images encrypted (aws:kms)',
      set: '`COUPON_MEDIA_S3_PATH_STYLE=true`, `COUPON_MEDIA_S3_ENCRYPTION=aws:kms`, `COUPON_MEDIA_S3_KMS_KEY_ID`',
      async start() {
        const key = 'key-of-the-tests';
        const secret = Buffer.alloc(32, 'k').toString('base64');
        const store = await startCeph({
          settings: {
            'rgw crypt s3 kms backend': 'testing',
            'rgw crypt s3 kms encryption keys': `${key}=${secret}`,
          },
        });
        await store.createBucket('coupons');
        const encryption = { COUPON_MEDIA_S3_ENCRYPTION: 'aws:kms', COUPON_MEDIA_S3_KMS_KEY_ID: key };
        return { version: cephVersion(), settings: { ...settingsOf(store), ...encryption }, end: store.stop };
      },
    },
    {
      name: 'OpenStack Swift, s3api and tempauth, of Debian 12',
      set: '`COUPON_MEDIA_S3_PATH_STYLE=true`; Swift needs memcached',
      start: () => other('swift'),
    },
    {
      name: 'Versity S3 Gateway over a folder, from the Go module proxy',
      set: '`COUPON_MEDIA_S3_PATH_STYLE=true`',
      start: () => other('versitygw'),
    },
    {
      name: 'moto, a simulation of AWS for tests, from PyPI',
      set: 'not for images that count: it compares no bytes with their digest',
      fault: /it stores them$/,
      start: () => other('moto'),
    },
    {
      name: 's3rver, a simulation of S3 for tests, from npm',
      set: 'not for images that count: it compares no bytes with their digest',
      fault: /it stores them$/,
      start: () => other('s3rver'),
    },
  ],
  mistakes: [
    swift('Swift: the region is not its own', /expecting 'us-east-1'.*COUPON_MEDIA_S3_REGION/, {
      COUPON_MEDIA_S3_REGION: 'cn-south-1',
    }),
    swift(
      'Swift: encryption is asked for',
      /NotImplemented \(501\) "Server-side.*COUPON_MEDIA_S3_ENCRYPTION/,
      {
        COUPON_MEDIA_S3_ENCRYPTION: 'AES256',
      },
    ),
    swift(
      'Swift: no cache, and so no memcached, in its pipeline',
      /InternalError \(500\).*without memcached/,
      {},
      { memcached: false },
    ),
    wrong('nothing listens at the endpoint', /ECONNREFUSED/, { S3_ENDPOINT: 'http://127.0.0.1:1' }),
    wrong('the bucket is named in the host, and no name leads there', /COUPON_MEDIA_S3_PATH_STYLE=true/, {
      S3_PATH_STYLE: 'false',
      S3_ENDPOINT: 'http://s3.invalid',
    }),
    wrong('there is no such bucket', /NoSuchBucket \(404\)/, { S3_BUCKET: 'nobody-has-this' }),
    {
      name: 'the key may only read',
      says: /AccessDenied \(403\).*deploy\/s3\/policy\.json/,
      async start({ s3: store }) {
        await forbidWriting(store, store.bucket);
        return { settings: {}, end: nothing };
      },
    },
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
    {
      name: 'TLS, the authority is unknown',
      says: /self-signed certificate: .*NODE_EXTRA_CA_CERTS/,
      async start() {
        const { key, certificate: cert, remove } = await makeCertificate('IP:127.0.0.1');
        // No request comes as far as a store.
        const server = createServer({ key, cert });
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        const { port } = server.address() as AddressInfo;
        return {
          settings: { COUPON_MEDIA_S3_ENDPOINT: `https://127.0.0.1:${port}` },
          async end() {
            server.close();
            await remove();
          },
        };
      },
    },
    {
      name: 'no access key anywhere',
      says: /Could not load credentials.*AWS_ACCESS_KEY_ID/,
      async start() {
        // AWS's SDK would ask the machine's own addresses otherwise.
        const without = {
          AWS_EC2_METADATA_DISABLED: 'true',
          AWS_CONFIG_FILE: '/nowhere',
          AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
        };
        Object.assign(process.env, without);
        return {
          settings: { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
          async end() {
            for (const name of Object.keys(without)) delete process.env[name];
          },
        };
      },
    },
    wrong('encryption that the store does not do', /COUPON_MEDIA_S3_ENCRYPTION/, {
      S3_ENCRYPTION: 'aws:kms',
    }),
  ],
};

/** Starts a store that is not Ceph. */
async function other(name: string): Promise<StartedSetUp> {
  const store = await startStore(name);
  await store.createBucket('coupons');
  return { version: store.version, settings: settingsOf(store), end: store.stop };
}

/** A mistake with Swift. */
function swift(
  name: string,
  says: RegExp,
  changes: Settings,
  options: { memcached?: boolean } = {},
): Mistake {
  return {
    name,
    says,
    async start() {
      const store = await startSwift(options);
      // Without memcached no bucket can be made either.
      if (options.memcached !== false) await store.createBucket('coupons');
      return { settings: { ...settingsOf(store), ...changes }, end: store.stop };
    },
  };
}

function settingsOf({ endpoint, region, accessKey, secretKey }: Store): Settings {
  return {
    COUPON_MEDIA_S3_ENDPOINT: endpoint,
    COUPON_MEDIA_S3_REGION: region,
    COUPON_MEDIA_S3_BUCKET: 'coupons',
    AWS_ACCESS_KEY_ID: accessKey,
    AWS_SECRET_ACCESS_KEY: secretKey,
  };
}

type Store = Omit<Base['s3'], 'bucket'>;

function cephVersion(): string {
  return versionOf(execFileSync(program('radosgw'), ['--version'], { encoding: 'utf8' }));
}

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
