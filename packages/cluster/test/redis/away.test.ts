import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { requireEngines, startRedis } from '../../../../tools/engines/index.mjs';
import { nonce } from '../../../server/test/contracts/limits.js';
import { LimitsError } from '../../dist/redis/errors.js';
import type { RedisLimits } from '../../dist/redis/limits.js';
import { age, ask, errorOf, open, openAged } from './support.js';

const own = await requireEngines('redis');
const PASSWORD = 'p@ss/word-of-redis';
const PATIENCE = { timeout: 20_000, interval: 20 };

let redis: Awaited<ReturnType<typeof startRedis>>;
const opened: RedisLimits[] = [];

function remembered<T extends RedisLimits>(limits: T): T {
  opened.push(limits);
  return limits;
}

/** Starts Redis again with all its data, and makes these limits trust it as if it had never stopped. */
async function back(limits: RedisLimits): Promise<void> {
  await redis.restart();
  await vi.waitFor(async () => {
    await age(redis.url);
    await limits.ready();
    expect(limits.breaker.state).toBe('closed');
  }, PATIENCE);
}

describe('while Redis is away', own.needed, () => {
  beforeEach(async () => {
    redis = await startRedis({ password: PASSWORD, appendOnly: true });
  });
  afterEach(async () => {
    redis.resume();
    await Promise.all(opened.splice(0).map((limits) => limits.close()));
    await redis.stop();
  });

  it('nothing is accepted, which is reported at once with the reason, and everything is accepted afterwards', async () => {
    const limits = remembered(await openAged(redis.url));
    await redis.kill();
    for (const act of [
      () => limits.nonces.reserve(nonce()),
      () => limits.quota.take('1900000001', 5),
      () => limits.ready(),
    ]) {
      const error = await errorOf(act);
      expect(['AWAY', 'OPEN', undefined]).toContain(Reflect.get(Object(error), 'code'));
      expect(error).toBeInstanceOf(Error);
    }
    await back(limits);
    expect(await limits.nonces.reserve(nonce())).toBe(true);
    expect(await limits.quota.take('1900000001', 5)).toBe(0);
    expect(limits.logged.join()).not.toContain(PASSWORD);
  });

  it('if Redis hangs, a call ends at its deadline, and later calls do not wait', async () => {
    const limits = remembered(await openAged(redis.url, { deadline: 1_000 }));
    redis.pause();
    expect(await errorOf(() => limits.nonces.reserve(nonce()))).toMatchObject({
      name: 'EngineError',
      code: 'DEADLINE',
      engine: 'redis',
    });
    // The connection that hung is abandoned. The next call is refused without waiting for it.
    expect(await errorOf(() => limits.quota.take('1900000001', 5))).toMatchObject({ code: 'AWAY' });
    redis.resume();
    await vi.waitFor(() => limits.ready(), PATIENCE);
    expect(await limits.nonces.reserve(nonce())).toBe(true);
  });

  it('a request that was refused because its reservation was uncertain can be sent again', async () => {
    const limits = remembered(await openAged(redis.url, { deadline: 1_000 }));
    const a = nonce();
    redis.pause();
    expect(await errorOf(() => limits.nonces.reserve(a))).toMatchObject({ code: 'DEADLINE' });
    redis.resume();
    await vi.waitFor(async () => {
      await limits.ready();
      // Redis may read what the abandoned connection sent after the release. Then the nonce is forgotten when it
      // expires.
      const keys = await ask(redis.url, (client) => client.keys('*:nonce:*'));
      expect(keys).toHaveLength(0);
    }, PATIENCE);
    expect(await limits.nonces.reserve({ ...a })).toBe(true);
  });

  it('a release never rejects', async () => {
    const limits = remembered(await openAged(redis.url));
    const a = nonce();
    expect(await limits.nonces.reserve(a)).toBe(true);
    await redis.kill();
    await limits.nonces.release(a, false);
    await back(limits);
    expect(await limits.nonces.reserve({ ...a })).toBe(false);
  });

  it('a node may continue in its memory if configured, and informs Redis later', async () => {
    const one = remembered(await openAged(redis.url, { away: 'memory' }));
    const other = remembered(await openAged(redis.url, { away: 'memory' }));
    const [before, during, released] = [nonce(), nonce(), nonce()];
    expect(await one.nonces.reserve(before)).toBe(true);
    await redis.kill();
    await one.ready();
    expect(await one.nonces.reserve(during)).toBe(true);
    expect(await one.nonces.reserve({ ...during })).toBe(false);
    // It also remembers its own earlier reservations.
    expect(await one.nonces.reserve({ ...before })).toBe(false);
    expect(await one.nonces.reserve(released)).toBe(true);
    await one.nonces.release(released, false);
    // Every node now gives each merchant its full rate.
    for (const { quota } of [one, other]) {
      const waits = [await quota.take('m', 1), await quota.take('m', 1), await quota.take('m', 1)];
      expect(waits.map((wait) => wait > 0)).toEqual([false, false, true]);
    }

    await back(one);
    await vi.waitFor(async () => {
      const keys = await ask(redis.url, (client) => client.keys('*:nonce:*'));
      expect(keys).toHaveLength(2);
    }, PATIENCE);
    const strict = remembered(await open(redis.url));
    await age(redis.url);
    for (const a of [before, during]) {
      expect(await strict.nonces.reserve({ ...a })).toBe(false);
      expect(await one.nonces.reserve({ ...a })).toBe(false);
    }
    expect(await strict.nonces.reserve({ ...released })).toBe(true);
  });

  it('a node can release what it reserved in its memory once Redis is back', async () => {
    const one = remembered(await openAged(redis.url, { away: 'memory' }));
    const a = nonce();
    await redis.kill();
    expect(await one.nonces.reserve(a)).toBe(true);
    await back(one);
    await vi.waitFor(async () => {
      expect(await ask(redis.url, (client) => client.keys('*:nonce:*'))).toHaveLength(1);
    }, PATIENCE);
    await one.nonces.release(a, false);
    await vi.waitFor(async () => {
      expect(await ask(redis.url, (client) => client.keys('*:nonce:*'))).toHaveLength(0);
    }, PATIENCE);
  });

  it('a node does not start, and names the address without the password', async () => {
    await redis.kill();
    for (const away of ['refuse', 'memory'] as const) {
      const error = await errorOf(() => open(redis.url, { away, deadline: 2_000 }));
      expect(error).toBeInstanceOf(LimitsError);
      expect(error).toMatchObject({
        code: 'AWAY',
        message: expect.stringContaining(`127.0.0.1:${redis.port}`),
      });
      expect(shown(error)).not.toContain('word-of-redis');
    }
  });

  it('nor does it with a wrong password', async () => {
    const wrong = redis.url.replace(encodeURIComponent(PASSWORD), 'another-secret');
    const error = await errorOf(() => open(wrong));
    expect(error).toMatchObject({ code: 'AWAY', message: expect.stringContaining('WRONGPASS') });
    expect(shown(error)).not.toContain('another-secret');
  });

  it('nor does it if something else responds, or nothing does', async () => {
    for (const greeting of ['HTTP/1.1 400 Bad Request\r\n\r\n', '']) {
      const server = await listen(greeting);
      const { port } = server.address() as AddressInfo;
      const error = await errorOf(() => open(`redis://127.0.0.1:${port}`, { deadline: 300 }));
      expect(error).toMatchObject({ code: 'AWAY', message: expect.stringContaining(`127.0.0.1:${port}`) });
      server.close();
    }
  });

  it('closing leaves no connection and no timer, even then', async () => {
    const limits = await openAged(redis.url);
    await redis.kill();
    await errorOf(() => limits.nonces.reserve(nonce()));
    await limits.close();
    await redis.restart();
    expect(await errorOf(() => limits.nonces.reserve(nonce()))).toMatchObject({ code: 'AWAY' });
    const clients = await ask(redis.url, (client) => client.client('LIST'));
    expect(String(clients)).not.toContain('name=coupon-media');
  });
});

/** Everything about an error that a log could show. */
function shown(error: unknown): string {
  if (!(error instanceof Error)) return JSON.stringify(error) ?? '';
  return [error.message, error.stack, JSON.stringify(error), shown(error.cause)].join('\n');
}

async function listen(greeting: string): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => greeting && socket.end(greeting));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
