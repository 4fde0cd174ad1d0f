import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { useEngines } from '../../../../tools/engines/index.mjs';
import { holds, put, sampleBytes } from '../../../server/test/contracts/samples.js';
import { type OpenCluster, temporaryCluster } from './clusters.js';

const engines = await useEngines('postgres', 's3');

/*
 * Swift's s3api responds 200 without an ETag to a PUT if a newer one wrote the same object first (`TEST_S3=swift` runs the
 * whole contract on a real one). Here the responses come from a front that keeps nothing of what it responds to itself.
 */
describe('a PUT whose response has no ETag', engines.needed, () => {
  let front: Awaited<ReturnType<typeof startFront>>;
  let cluster: OpenCluster;

  beforeEach(async () => {
    front = await startFront(engines.s3.endpoint);
    cluster = await temporaryCluster({ s3Endpoint: front.endpoint });
  });
  afterEach(async () => {
    await cluster.end();
    await front.close();
  });

  const uploads = async () => (await cluster.sql('select from upload')).length;

  test.each([10_000, 300_000])('is made again, until %i bytes are stored', async (size) => {
    const bytes = sampleBytes(size, 'outpaced');
    front.drop(3);
    await put(cluster.images, bytes);
    expect(front.puts()).toBe(4);
    expect(await holds(cluster.images, bytes)).toBe(true);
    expect(await uploads()).toBe(1);
  });

  test('is no upload if that goes on, and no outage', async () => {
    const bytes = sampleBytes(10_000, 'always outpaced');
    front.drop(Number.POSITIVE_INFINITY);
    // More than the outages that open the breaker.
    for (let round = 0; round < 6; round += 1)
      await expect(put(cluster.images, bytes)).rejects.toMatchObject({
        code: 'STORE',
        cause: { name: 'NoETag' },
      });
    expect(front.puts()).toBe(6 * 6);
    expect([await uploads(), await cluster.bucket.keys()]).toEqual([0, []]);
    front.drop(0);
    await put(cluster.images, bytes);
    expect(await uploads()).toBe(1);
  });
});

test(
  'a store that takes other bytes than those of the digest is found at the start',
  engines.needed,
  async () => {
    const front = await startFront(engines.s3.endpoint);
    const cluster = await temporaryCluster({ s3Endpoint: front.endpoint });
    onTestFinished(async () => {
      await cluster.end();
      await front.close();
    });
    expect(cluster.comparesDigests).toBe(true);
    front.takeAnything();
    expect((await cluster.reopen()).comparesDigests).toBe(false);
  },
);

/** Leads to a store, and drops some PUTs of images, as if it had stored them. */
async function startFront(to: string) {
  const { hostname, port } = new URL(to);
  let puts = 0;
  let dropped = 0;
  let takesAnything = false;
  const server = createServer(async (incoming, response) => {
    const { method, url: path = '', headers } = incoming;
    if (method === 'PUT' && path.includes('/images/')) {
      puts += 1;
      if (puts <= dropped) {
        await buffer(incoming);
        response.writeHead(200, { 'content-length': 0 }).end();
        return;
      }
    }
    if (takesAnything && method === 'PUT') {
      await buffer(incoming);
      response.writeHead(200, { etag: '"taken"', 'content-length': 0 }).end();
      return;
    }
    const outgoing = request({ hostname, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Drops the next PUTs of images, and counts them from 0. */
    drop(times: number) {
      puts = 0;
      dropped = times;
    },
    /** Responds as if it had stored whatever comes, as stores do that compare nothing. */
    takeAnything() {
      takesAnything = true;
    },
    /** @returns the PUTs of images that came */
    puts: () => puts,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
