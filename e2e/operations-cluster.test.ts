import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openClusterEngines, openClusterMerchants } from '@coupon-media/cluster';
import { type Credentials, readCredentials, startSandbox } from '@coupon-media/sandbox';
import {
  isCluster,
  openEmbeddedMerchants,
  readConfig,
  type Service,
  startService,
} from '@coupon-media/server';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { useEngines } from '../tools/engines/index.mjs';
import { clusterEnvironment } from './migrate/places.js';
import { send, signedUpload } from './support/exchange.js';
import { readMetrics } from './support/metrics.js';
import { temporaryFolder } from './support/sandbox.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const engines = await useEngines('postgres', 's3', 'redis');

describe('a node of a cluster', engines.needed, () => {
  const exported: string[] = [];
  const log: string[] = [];
  const collector = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    exported.push(text);
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
  });
  let folder: string;
  let credentials: Credentials;
  let service: Service;

  beforeAll(async () => {
    folder = await temporaryFolder();
    const sandbox = await startSandbox({ folder, port: 0 });
    await sandbox.stop();
    credentials = await readCredentials(sandbox.credentialsPath);
    await new Promise((resolve) => collector.listen(0, '127.0.0.1', () => resolve(undefined)));
    const { port } = collector.address() as AddressInfo;
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${port}`;
    Object.assign(process.env, clusterEnvironment(engines));
    const config = readConfig({
      port: 0,
      quotaPerSecond: 5,
      metricsPort: 0,
      publicUrl: 'http://images.example',
    });
    if (!isCluster(config)) throw new Error('the environment names no cluster');
    await copyMerchants(folder, await openClusterMerchants(config));
    service = await startService(config, {
      log: pino({ level: 'info' }, { write: (line) => log.push(line) }),
      openEngines: (watch) => openClusterEngines(config, watch),
    });
    credentials = { ...credentials, baseUrl: `http://127.0.0.1:${service.address.port}` };
    // A new Redis may have forgotten recent requests, so the test waits for it.
    await vi.waitFor(async () => expect((await readMetrics(service)).get('coupon_media_ready')).toBe(1), {
      timeout: 60_000,
      interval: 200,
    });
  });
  afterAll(async () => {
    await service.stop();
    collector.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('counts its calls to each engine, and reports pool and breakers', async () => {
    expect(await send(credentials, await signedUpload(credentials))).toMatchObject({ status: 200 });
    const metrics = await readMetrics(service);
    for (const engine of ['postgres', 's3', 'redis']) {
      const calls = [...metrics].filter(
        ([name]) =>
          name.startsWith('coupon_media_engine_call_duration_seconds_count') &&
          name.includes(`engine="${engine}"`) &&
          name.includes('result="ok"'),
      );
      expect(calls.length, engine).toBeGreaterThan(0);
      for (const [name, count] of calls) expect(count, name).toBeGreaterThan(0);
      expect(metrics.get(`coupon_media_engine_breaker_state{engine="${engine}"}`)).toBe(0);
    }
    expect(metrics.get('coupon_media_postgres_pool_connections')).toBeGreaterThan(0);
    expect(metrics.get('coupon_media_postgres_pool_limit_connections')).toBe(10);
    expect(metrics.get('coupon_media_postgres_pool_waiting')).toBe(0);
    expect(metrics.get('coupon_media_ready')).toBe(1);
  });

  test('a trace contains the calls that an upload made', async () => {
    const answer = await send(credentials, await signedUpload(credentials));
    const requestId = String(answer.headers['request-id']).split('-')[0];
    const line = log.map((text) => JSON.parse(text)).find((each) => each.requestId === requestId);
    // Traces are sent in batches, and the rest when the service stops.
    const names = () => namesIn(exported, line.trace_id);
    await expect.poll(names, { timeout: 30_000 }).toContain('admit');
    for (const engine of ['postgres', 's3', 'redis'])
      expect(names().filter((name) => name.startsWith(`${engine} `)).length, engine).toBeGreaterThan(0);
  });

  test('the log contains no password', () => {
    const started = log.map((text) => JSON.parse(text)).find(({ msg }) => msg === 'started');
    expect(started.settings.databaseUrl).toMatch(/^postgres(ql)?:\/\/[^@]+$/);
    expect(started.engines).toContain('the cluster: PostgreSQL');
  });
});

/** Copies the merchants and the signing keys of the sandbox's folder. */
async function copyMerchants(
  folder: string,
  to: Awaited<ReturnType<typeof openClusterMerchants>>,
): Promise<void> {
  const from = await openEmbeddedMerchants({ folder });
  for (const key of await from.platformKeys()) await to.addPlatformKey(key);
  for (const { certificates, ...profile } of await from.merchants()) {
    await to.saveMerchant(profile);
    for (const certificate of certificates) await to.addCertificate(profile.id, certificate);
  }
  await from.close();
  await to.close();
}

/** Returns the names of a trace's spans from the received OTLP/JSON. */
function namesIn(exports: readonly string[], traceId: string): string[] {
  const spans = exports.flatMap((text) =>
    (JSON.parse(text) as Export).resourceSpans.flatMap(({ scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) => spans),
    ),
  );
  return spans.filter((span) => span.traceId === traceId).map(({ name }) => name);
}

interface Export {
  resourceSpans: { scopeSpans: { spans: { traceId: string; name: string }[] }[] }[];
}
