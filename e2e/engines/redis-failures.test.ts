import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { requireEngines } from '../../tools/engines/index.mjs';
import type { Redis } from '../../tools/engines/redis.mjs';
import { startRedisCluster, startSentinels } from '../../tools/engines/redis-groups.mjs';
import { type Cluster, makeOld, startCluster } from '../cluster/cluster.js';
import { notServed } from '../cluster/evidence.js';
import { createJournal, type Journal } from '../cluster/journal.js';
import { startLoad } from '../cluster/load.js';
import { startReplays } from '../cluster/replays.js';

/** Failures under load take minutes: `npm run engines:wide`. */
const IS_WIDE = process.env.TEST_ENGINES_WIDE !== undefined;
const { needed } = await requireEngines('postgres', 's3', 'redis', 'balancer');
const wanted = IS_WIDE ? needed : { skip: true, meta: { missing: 'npm run engines:wide' } };

/** The slot of all our keys. */
const SLOT = 7365;
/** Milliseconds of load before a failure and after it healed. */
const CALM = 8_000;
const PATIENCE = 60_000;

/** Servers of Redis that lose their primary, or move its slot. */
interface Group {
  readonly url: string;
  /** The server that has our keys now. */
  holder(): Promise<Redis>;
  stop(): Promise<void>;
  /** Each ends when another server has our keys. */
  readonly failures: readonly (readonly [name: string, act: () => Promise<unknown>])[];
}

async function cluster(): Promise<Group> {
  const { nodes, hosts, ownerOf, moveSlot, stop } = await startRedisCluster();
  const holder = () => ownerOf(SLOT);
  const move = async () => {
    const from = await holder();
    const to = nodes.slice(0, 3).find(({ port }) => port !== from.port);
    if (to) await moveSlot(SLOT, to);
  };
  return {
    url: `redis+cluster://${hosts.join(',')}`,
    holder,
    stop,
    failures: [
      ['a resharding moves the slot', move],
      ['its master is killed', () => killed(holder)],
    ],
  };
}

async function sentinels(): Promise<Group> {
  const { name, hosts, primary, stop } = await startSentinels();
  const failures = [['the primary is killed', () => killed(primary)]] as const;
  return { url: `redis+sentinel://${hosts.join(',')}/${name}`, holder: primary, stop, failures };
}

async function killed(holder: () => Promise<Redis>): Promise<void> {
  const before = await holder();
  await before.kill();
  await until(async () => (await holder().catch(() => before)).port !== before.port);
}

/** Three nodes behind a balancer and a load; every settled request is sent again to other nodes all the time. */
test.each([
  ['Redis Cluster, three masters with replicas, cluster-node-timeout 2 s', cluster],
  ['three Sentinels, down-after-milliseconds 1 s', sentinels],
])('%s: failures under load', { ...wanted, timeout: 400_000 }, async (title, start) => {
  const group = await start();
  const nodes = await startCluster(group.url);
  const journal = createJournal();
  const load = startLoad(nodes.credentials, journal, { sdks: 0 });
  const replays = startReplays(nodes.credentials, nodes.nodes, journal, 5);
  const lines: string[] = [];
  try {
    await accepted(nodes, journal, performance.now());
    await makeOld(await group.holder());
    for (const [name, act] of group.failures) {
      await sleep(CALM);
      const from = performance.now();
      await act();
      const replaced = performance.now();
      await accepted(nodes, journal, replaced);
      const healed = performance.now();
      await sleep(CALM);
      const refused = count(journal, 'load', (verdict) => verdict.startsWith('500'), from, healed);
      lines.push(
        `${title}; ${name}: another has the slot after ${seconds(replaced - from)}, every node takes uploads after ${seconds(healed - from)}; ${refused} × 500 meanwhile`,
      );
    }
  } finally {
    await load.stop();
    await replays.stop();
  }
  const lost = await notServed(journal.acknowledged);
  const tried = count(journal, 'replay', (verdict) => verdict !== 'connection broken');
  const passed = count(journal, 'replay', (verdict) => /acknowledged|400/.test(verdict));
  await nodes.end();
  await group.stop();
  lines.push(
    `${title}: ${journal.acknowledged.length} acknowledged, ${lost.length} lost; replays to other nodes: ${tried} tried, ${passed} accepted`,
  );
  process.stdout.write(`${lines.join('\n')}\n`);
  expect({ lost, passed }).toEqual({ lost: [], passed: 0 });
  expect(tried).toBeGreaterThan(1_000);
});

/** Waits until every node is ready and has taken an upload that was sent since. */
async function accepted({ nodes }: Cluster, journal: Journal, since: number): Promise<void> {
  await until(async () => {
    const ready = await Promise.all(nodes.map((node) => node.isReady()));
    const taken = new Set(
      journal.answers
        .filter(({ who, verdict, sentAt }) => who === 'load' && verdict === 'acknowledged' && sentAt >= since)
        .map(({ node }) => node),
    );
    return ready.every(Boolean) && nodes.every(({ name }) => taken.has(name));
  });
}

function count(
  { answers }: Journal,
  whose: Journal['answers'][number]['who'],
  is: (verdict: string) => boolean,
  from = 0,
  to = Number.POSITIVE_INFINITY,
): number {
  return answers.filter(
    ({ who, verdict, answeredAt }) => who === whose && is(verdict) && answeredAt >= from && answeredAt <= to,
  ).length;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + PATIENCE; !(await holds()); await sleep(50))
    if (Date.now() > deadline) throw new Error(`it did not heal in ${PATIENCE / 1000} s`);
}

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;
