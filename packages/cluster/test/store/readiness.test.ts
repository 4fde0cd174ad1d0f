import { startService } from '@coupon-media/server';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { useEngines } from '../../../../tools/engines/index.mjs';
import { openClusterEngines } from '../../dist/index.js';
import { clusterConfig } from '../move/config.js';
import { age } from '../redis/support.js';
import { temporaryCluster } from './clusters.js';
import { startProxy } from './proxy.js';

const engines = await useEngines('postgres', 's3', 'redis');

/*
 * A no is never kept (docs/decisions/009-metrics-and-traces.md). The engines are real; what leads to them breaks and is whole again
 * in an instant, which shows a no that is kept for however short a time. Redis is not among them: its connection is made anew by
 * itself, with pauses in between (test/redis/away.test.ts).
 */
describe('an engine that was away is ready at the next check', engines.needed, () => {
  let ways: Record<'postgres' | 's3', Awaited<ReturnType<typeof startProxy>>>;
  let through: { databaseUrl: string; s3Endpoint: string };

  beforeEach(async () => {
    const { postgres, s3 } = engines;
    const [postgresUrl, s3Url] = [new URL(postgres.url), new URL(s3.endpoint)];
    ways = {
      postgres: await startProxy(Number(postgresUrl.port)),
      s3: await startProxy(Number(s3Url.port)),
    };
    postgresUrl.port = String(ways.postgres.port);
    s3Url.port = String(ways.s3.port);
    through = { databaseUrl: postgresUrl.href, s3Endpoint: s3Url.href };
  });
  afterEach(() => Promise.all([ways.postgres.close(), ways.s3.close()]));

  test.each(['postgres', 's3'] as const)('as the store reports: %s', async (engine) => {
    const { images, end } = await temporaryCluster(through);
    try {
      await images.ready();
      // The checks are more frequent than the outages that open the breaker, and each success between them resets the
      // count.
      for (let round = 0; round < 6; round += 1) {
        ways[engine].away();
        await expect(images.ready()).rejects.toMatchObject({ code: 'STORE' });
        ways[engine].back();
        await images.ready();
      }
    } finally {
      await end();
    }
  });

  test.each(['postgres', 's3'] as const)('as a balancer sees it: /readyz, %s', async (engine) => {
    const config = {
      ...clusterConfig(engines),
      ...through,
      port: 0,
      logLevel: 'silent' as const,
      publicUrl: 'https://images.example',
    };
    const service = await startService(config, {
      openEngines: (watch) => openClusterEngines(config, watch),
    });
    const { host, port } = service.address;
    const readyz = async () => (await fetch(`http://${host}:${port}/readyz`)).status;
    try {
      await age(engines.redis.url);
      expect(await readyz()).toBe(200);
      ways[engine].away();
      // A positive result is kept for a moment, however many probes ask.
      await expect.poll(readyz, { timeout: 10_000 }).toBe(503);
      ways[engine].back();
      expect(await readyz()).toBe(200);
    } finally {
      await service.stop();
    }
  });
});
