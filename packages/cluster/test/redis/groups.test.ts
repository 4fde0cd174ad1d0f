import { setTimeout as sleep } from 'node:timers/promises';
import type { UsedNonce } from '@coupon-media/server/engine';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { requireEngines, startRedis, useEngines } from '../../../../tools/engines/index.mjs';
import { startRedisCluster, startSentinels } from '../../../../tools/engines/redis-groups.mjs';
import { nonce } from '../../../server/test/contracts/limits.js';
import { openPostgres } from '../../dist/postgres/database.js';
import { createDurableNonces } from '../../dist/postgres/nonces.js';
import { createRunRegister } from '../../dist/postgres/runs.js';
import { SLOT } from '../../dist/redis/keys.js';
import type { RedisLimits, RedisLimitsOptions } from '../../dist/redis/limits.js';
import { age, open } from './support.js';

// Takes 45 s: primaries fail over three times, and a new one is trusted after seconds.

// Whichever Redis a node uses, no request is accepted a second time (contract 2.9), and a failover heals by itself.

const own = await requireEngines('redis', 'postgres');

/** Milliseconds between rounds. */
const PAUSE = 20;

const PATIENCE = { timeout: 30_000, interval: 50 };
const opened: { close(): Promise<void> }[] = [];
let shared: Pick<RedisLimitsOptions, 'durable' | 'runs'>;

beforeEach(async () => {
  const { postgres: place } = await useEngines('postgres');
  const postgres = await openPostgres({
    databaseUrl: place.url,
    databaseMaxConnections: 4,
    engineDeadlineMs: 5_000,
  });
  opened.push(postgres);
  shared = { durable: createDurableNonces(postgres), runs: createRunRegister(postgres) };
});
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function node(url: string): Promise<RedisLimits & { logged: string[] }> {
  const limits = await open(url, shared);
  opened.push(limits);
  return limits;
}

const trusted = (limits: RedisLimits) => vi.waitFor(() => limits.ready(), PATIENCE);

async function outcome({ nonces }: RedisLimits, which: UsedNonce): Promise<string> {
  try {
    return String(await nonces.reserve({ ...which }));
  } catch (error) {
    return String(Reflect.get(Object(error), 'code'));
  }
}

/** Sends new requests to one node, and each of them again to the other, until the act is over and both are trusted again. */
async function replayed(one: RedisLimits, other: RedisLimits, act: () => Promise<unknown>) {
  const accepted: UsedNonce[] = [];
  const again: string[] = [];
  async function round(): Promise<void> {
    for (const later of [0, 1, 4, 60]) {
      const a = nonce(later);
      if ((await outcome(one, a)) !== 'true') continue;
      accepted.push(a);
      again.push(await outcome(other, a));
    }
    for (const a of accepted.slice(0, 200)) again.push(await outcome(other, a));
  }
  let over = false;
  const acting = act().finally(() => {
    over = true;
  });
  await round();
  while (!over) {
    await round();
    await sleep(PAUSE); // a node that knows that Redis is away refuses without a turn of the event loop
  }
  await acting;
  await trusted(one);
  await trusted(other);
  const before = accepted.length;
  await round();
  expect(accepted.length).toBe(before + 4);
  expect(again.length).toBeGreaterThan(accepted.length);
  expect(again.filter((verdict) => verdict === 'true')).toEqual([]);
  return { accepted: accepted.length, replays: again.length };
}

describe('a Redis Cluster', own.needed, () => {
  let cluster: Awaited<ReturnType<typeof startRedisCluster>>;
  beforeEach(async () => {
    cluster = await startRedisCluster();
  });
  afterEach(() => cluster.stop());

  it('is found by any of its nodes, replicas too, or by several', { timeout: 60_000 }, async () => {
    const owner = await cluster.ownerOf(SLOT);
    expect((await owner.command('CLUSTER', 'KEYSLOT', '{coupon-media}:epoch')).trim()).toBe(`:${SLOT}`);
    const [first = '', , third = '', , , last = ''] = cluster.hosts;
    const urls = [`redis://${first}`, `redis://${last}`, `redis+cluster://127.0.0.1:1,${third}`];
    const nodes = await Promise.all(urls.map(node));
    await age(owner.url);
    const a = nonce();
    const verdicts: string[] = [];
    for (const limits of nodes) verdicts.push(await outcome(limits, a));
    expect(verdicts).toEqual(['true', 'false', 'false']);
  });

  it('may give the slot to another node, and lose it', { timeout: 120_000 }, async () => {
    const nodes = [
      await node(`redis://${cluster.hosts[0]}`),
      await node(cluster.nodes[2]?.url ?? ''),
    ] as const;
    await age((await cluster.ownerOf(SLOT)).url);
    const target = cluster.nodes.find((one, at) => at < 3 && one.port !== cluster.nodes[1]?.port);
    await replayed(...nodes, async () => {
      if (target) await cluster.moveSlot(SLOT, target);
    });
    const owner = await cluster.ownerOf(SLOT);
    expect(owner.port).toBe(target?.port);
    await replayed(...nodes, async () => {
      await owner.kill();
      await vi.waitFor(async () => expect((await cluster.ownerOf(SLOT)).port).not.toBe(owner.port), PATIENCE);
    });
    expect(nodes[0].logged.join()).toMatch(/lost the connection.*connected.*again/);
    // Whichever node is first says what the new server does not remember: once at the start, and once after its death.
    const forgotten = nodes
      .flatMap(({ logged }) => logged)
      .filter((line) => line.includes('does not remember'));
    expect(forgotten.length).toBeGreaterThan(1);
  });
});

describe('a primary that Sentinels watch', own.needed, () => {
  let group: Awaited<ReturnType<typeof startSentinels>>;
  beforeEach(async () => {
    group = await startSentinels();
  });
  afterEach(() => group.stop());

  it('may die', { timeout: 120_000 }, async () => {
    const url = `redis+sentinel://${group.hosts.join(',')}/${group.name}`;
    const nodes = [await node(url), await node(url)] as const;
    const primary = await group.primary();
    await age(primary.url);
    await replayed(...nodes, async () => {
      await primary.kill();
      await vi.waitFor(async () => expect((await group.primary()).port).not.toBe(primary.port), PATIENCE);
    });
  });
});

describe('two that both hold themselves for the primary', own.needed, () => {
  it('never accept the same request, whichever nodes see which', { timeout: 60_000 }, async () => {
    const [first, second] = await Promise.all([startRedis(), startRedis()]);
    opened.push({ close: first.stop }, { close: second.stop });
    const one = await node(first.url);
    await age(first.url);
    await one.ready();
    const sent: UsedNonce[] = [];
    const accepted = async (limits: RedisLimits) => {
      for (const later of [0, 1, 2, 3, 4, 6, 8]) {
        const a = nonce(later);
        if ((await outcome(limits, a)) === 'true') sent.push(a);
      }
    };
    await accepted(one);
    expect(sent).toHaveLength(7);
    const other = await node(second.url);
    // The first is used until its lease ends, and then both nodes take the right from each other.
    const until = Date.now() + 5_000;
    while (Date.now() < until) {
      await accepted(one);
      await accepted(other);
      for (const limits of [one, other])
        for (const a of sent) expect(await outcome(limits, a)).not.toBe('true');
      await sleep(PAUSE);
    }
    expect(one.logged.join()).toContain('lost the connection');
    await one.close();
    await trusted(other);
    const verdicts = new Set<string>();
    for (const a of sent) verdicts.add(await outcome(other, a));
    expect([...verdicts].filter((verdict) => verdict === 'true')).toEqual([]);
    expect(await outcome(other, nonce())).toBe('true');
  });
});
