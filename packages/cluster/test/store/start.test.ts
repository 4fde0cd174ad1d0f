import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { useEngines } from '../../../../tools/engines/index.mjs';
import { openClusterMerchants } from '../../dist/administration.js';
import { type OpenCluster, temporaryCluster } from './clusters.js';

const engines = await useEngines('postgres', 's3');

describe('a node of a cluster does not start', engines.needed, () => {
  let cluster: OpenCluster;
  let secret: string;
  beforeEach(async () => {
    cluster = await temporaryCluster();
    secret = process.env.AWS_SECRET_ACCESS_KEY ?? '';
  });
  afterEach(async () => {
    process.env.AWS_SECRET_ACCESS_KEY = secret;
    await cluster.end();
  });

  /** The complete text of an error, so that no part of it can contain a secret. */
  async function refusal(act: Promise<unknown>): Promise<{ message: string; all: string }> {
    const error: unknown = await act.then(
      () => undefined,
      (reason) => reason,
    );
    expect(error).toMatchObject({ name: 'StoreError', code: 'STORE' });
    const { message, stack, cause } = error as Error;
    return { message, all: [message, stack, String(cause), JSON.stringify(cause)].join('\n') };
  }

  test('if nothing listens at PostgreSQL’s address', async () => {
    const port = await closedPort();
    const databaseUrl = `postgres://app:hush-hush@127.0.0.1:${port}/coupons`;
    const { message, all } = await refusal(cluster.reopen({ databaseUrl }));
    expect(message).toBe(`PostgreSQL at 127.0.0.1:${port}/coupons: connect ECONNREFUSED 127.0.0.1:${port}`);
    expect(all).not.toContain('hush-hush');
  });

  test('if its URL names a missing file, because a key or a password was given instead', async () => {
    const databaseUrl = 'postgres://app@127.0.0.1:1/coupons?sslkey=hush-hush';
    const { message, all } = await refusal(cluster.reopen({ databaseUrl }));
    expect(message).toBe(
      'PostgreSQL at 127.0.0.1:1/coupons: sslkey, sslcert or sslrootcert of its URL: ENOENT: no such file or directory',
    );
    expect(all).not.toContain('hush-hush');
  });

  test('if PostgreSQL has no such database', async () => {
    const url = new URL(cluster.options.databaseUrl);
    url.pathname = '/nowhere';
    url.password = 'hush-hush';
    const { message, all } = await refusal(
      openClusterMerchants({ ...cluster.options, databaseUrl: url.href }),
    );
    expect(message).toBe(`PostgreSQL at ${url.host}/nowhere: database "nowhere" does not exist`);
    expect(all).not.toContain('hush-hush');
  });

  test('if the server does not respond', async () => {
    const silent = createServer((socket) => socket.on('error', () => {}).resume());
    const port = await new Promise<number>((resolve) =>
      silent.listen(0, '127.0.0.1', () => resolve((silent.address() as { port: number }).port)),
    );
    const place = { databaseUrl: `postgres://app@127.0.0.1:${port}/coupons`, engineDeadlineMs: 300 };
    const postgres = await refusal(cluster.reopen(place));
    expect(postgres.message).toMatch(/^PostgreSQL at \S*\/coupons: .*timeout/);
    const s3 = await refusal(
      cluster.reopen({ s3Endpoint: `http://127.0.0.1:${port}`, engineDeadlineMs: 300 }),
    );
    expect(s3.message).toMatch(
      /^S3 bucket ".*" at 127.0.0.1:\d+: s3 did not respond to probe within 300 ms$/,
    );
    await new Promise((resolve) => silent.close(resolve));
  });

  test('with a secret that S3 rejects', async () => {
    process.env.AWS_SECRET_ACCESS_KEY = 'hush-hush';
    const { message, all } = await refusal(cluster.reopen());
    expect(message).toMatch(
      /^S3 bucket ".*" at 127.0.0.1:\d+: SignatureDoesNotMatch \(403\): the secret does not belong to the access key$/,
    );
    expect(all).not.toContain('hush-hush');
  });

  test('if there is no such bucket', async () => {
    const { message } = await refusal(cluster.reopen({ s3Bucket: 'nobody-has-this' }));
    expect(message).toMatch(
      /^S3 bucket "nobody-has-this" at .*: NoSuchBucket \(404\): there is no such bucket$/,
    );
  });
});

async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  );
  await new Promise((resolve) => server.close(resolve));
  return port;
}
