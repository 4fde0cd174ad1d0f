import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { requireEngines } from '../../tools/engines/index.mjs';
import { type Cluster, startCluster } from './cluster.js';
import { notListed, notServed } from './evidence.js';
import { type Fault, faults } from './faults.js';
import { createJournal, type Journal, verdicts } from './journal.js';
import { startLoad } from './load.js';
import type { Node } from './node.js';
import { judgeQuota, startHurry } from './quota.js';
import { startReplays } from './replays.js';
import { FAULT_HEAD, type Struck, summaryOf, tableOf, totalsOf } from './report.js';
import type { Load } from './until-stopped.js';

// Takes 185 s: each of 33 faults lasts for a while and ends when every node has accepted uploads again.

const required = await requireEngines('postgres', 's3', 'redis', 'balancer');

/** The fewest seconds that a fault lasts. */
const SECONDS = Number(process.env.TEST_FAULT_SECONDS || 2);
/** Clients that upload with the SDK. */
const SDKS = 2;
/** Seconds over which the quota is measured without a fault. */
const QUOTA_SECONDS = Math.max(5, SECONDS);
/** Uploads that every node must accept before a fault and again after it. */
const ENOUGH = 2;
/** Milliseconds. */
const PATIENCE = 60_000;

/** Milliseconds before the judgement. */
type Seen = Omit<Struck, 'lost' | 'beyond'>;

describe('three nodes behind a balancer, under load', required.needed, () => {
  let cluster: Cluster;
  const journal: Journal = createJournal();
  const loads: Load[] = [];
  const struck: Struck[] = [];
  const notes: string[] = [];
  let begun: number;

  beforeAll(async () => {
    cluster = await startCluster();
    begun = performance.now();
    loads.push(startLoad(cluster.credentials, journal, { sdks: SDKS }));
    loads.push(startReplays(cluster.credentials, cluster.nodes, journal));
    loads.push(startHurry(cluster, journal));
  }, 120_000);

  afterAll(async () => {
    const ended = performance.now();
    for (const load of loads.splice(0)) await load.stop();
    await cluster?.end();
    process.stdout.write(tableOf([FAULT_HEAD, ...struck.map(summaryOf)]));
    if (cluster) notes.push(...totalsOf(journal, cluster.hurried.quota, begun, ended));
    process.stdout.write(notes.map((note) => `${note}\n`).join(''));
  }, 60_000);

  test('without a fault, every node accepts uploads, and the quota holds', async () => {
    await allWell(begun);
    const from = performance.now();
    await sleep(SECONDS * 1000);
    const to = performance.now();
    expect([...verdicts(journal, 'load', from, to).keys()].sort()).toEqual(['400 signed', 'acknowledged']);
    expect([...verdicts(journal, 'replay', from, to).keys()]).toEqual(['401 signed']);
  });

  test('without a fault, three nodes together allow what the quota permits over some seconds', async () => {
    const { quota } = cluster.hurried;
    // The measurement starts with an empty bucket.
    await until('a 429', () => verdicts(journal, 'hurried', begun, performance.now()).has('429 signed'));
    const from = performance.now();
    await sleep(QUOTA_SECONDS * 1000);
    const to = performance.now();
    const { allowed, beyond } = judgeQuota(journal, quota, from, to);
    const configured = (quota * (to - from)) / 1000;
    notes.push(
      `with nothing wrong: ${allowed} allowed in ${((to - from) / 1000).toFixed(1)} s, ${configured.toFixed(1)} configured`,
    );
    expect(beyond).toBeLessThanOrEqual(1);
    // One upload may have been requested before and one answered afterwards, and fewer than three times the quota may
    // have been offered.
    expect(allowed).toBeLessThanOrEqual(configured + 2);
    expect(allowed).toBeGreaterThan(configured / 2);
  });

  for (const fault of faults) {
    test(`${fault.title}: nothing is lost, nothing is replayed, and the service recovers`, {
      timeout: 180_000,
    }, async () => {
      await allWell(performance.now());
      await sdksWell();
      const result = await strike(fault);
      const lost = await notServed(journal.acknowledged.filter(({ at }) => at >= result.from));
      const beyond = quotaBeyond(fault, result);
      struck.push({ ...result, lost: lost.length, beyond });
      expect(lost).toEqual([]);
      expect(surprising(fault, result)).toEqual([]);
      expect(replaysAccepted()).toBe(0);
      expect(beyond).toBeLessThanOrEqual(1);
    });
  }

  test('in the end, everything acknowledged is stored byte for byte and listed', {
    timeout: 300_000,
  }, async () => {
    for (const load of loads.splice(0)) await load.stop();
    expect(journal.acknowledged.length).toBeGreaterThan(100);
    expect(await notServed(journal.acknowledged)).toEqual([]);
    expect(await notListed(cluster, journal.acknowledged)).toEqual([]);
    expect(replaysAccepted()).toBe(0);
  });

  async function strike(fault: Fault): Promise<Seen> {
    const from = performance.now();
    const undo = await fault.strike(cluster);
    let over = false;
    onTestFinished(async () => {
      if (!over) await undo();
    });
    const affected = fault.unready === 'all' ? cluster.nodes : cluster.nodes.slice(0, fault.unready ? 1 : 0);
    for (const node of affected) await until(`${node.name} is not ready`, () => isReady(node, false));
    await until('the fault was felt', () => fault.felt?.(cluster) ?? true);
    await sleep(Math.max(0, from + SECONDS * 1000 - performance.now()));
    await undo();
    over = true;
    const to = performance.now();
    await allWell(to);
    return resultOf(fault, from, to, performance.now());
  }

  /** Every node is ready and has accepted uploads since. */
  async function allWell(since: number): Promise<void> {
    for (const node of cluster.nodes) {
      await until(`${node.name} is ready`, () => isReady(node, true));
      await until(`${node.name} takes uploads`, () => taken(node.name, since).length >= ENOUGH);
    }
  }

  /** Clients that still retry after an earlier fault have finished, so that the next fault is not blamed for them. */
  async function sdksWell(): Promise<void> {
    const since = performance.now();
    const done = () =>
      new Set(journal.calls.filter(({ sentAt, error }) => sentAt >= since && !error).map(({ sdk }) => sdk));
    await until('every SDK uploads', () => done().size === SDKS);
  }

  async function isReady(node: Node, expected: boolean): Promise<boolean> {
    return (await node.isReady()) === expected;
  }

  /**
   * The table contains what the faults took. This is only the time limit for noticing a fault and recovering from it.
   */
  async function until(what: string, reached: () => Promise<boolean> | boolean): Promise<void> {
    const deadline = performance.now() + PATIENCE;
    while (!(await reached())) {
      for (const node of cluster.nodes) node.mustLive();
      if (performance.now() > deadline) throw new Error(`in ${PATIENCE / 1000} s not: ${what}`);
      await sleep(20);
    }
  }

  function taken(node: string, since: number): Journal['answers'] {
    return journal.answers.filter(
      (answer) =>
        answer.who === 'load' &&
        answer.node === node &&
        answer.verdict === 'acknowledged' &&
        answer.sentAt >= since,
    );
  }

  function resultOf(fault: Fault, from: number, to: number, end: number): Seen {
    const since = journal.answers.filter(({ who, answeredAt }) => who === 'load' && answeredAt >= from);
    const well = since.filter(({ verdict, sentAt }) => verdict === 'acknowledged' && sentAt >= to);
    const nodes = cluster.nodes.map(({ name }) => Math.min(...taken(name, to).map((a) => a.answeredAt)));
    return {
      fault,
      ...{ from, to, end },
      load: verdicts(journal, 'load', from, end),
      replays: verdicts(journal, 'replay', from, end),
      hurried: verdicts(journal, 'hurried', from, end),
      during: since.filter(({ verdict, answeredAt }) => verdict === 'acknowledged' && answeredAt <= to)
        .length,
      recovered: Math.min(...well.map(({ answeredAt }) => answeredAt)) - to,
      allRecovered: Math.max(...nodes) - to,
      longest: Math.max(...since.map(({ sentAt, answeredAt }) => answeredAt - sentAt)),
      calls: journal.calls.filter(({ answeredAt }) => answeredAt >= from),
    };
  }

  /** Results that no client should get: everything except signed responses and, if a node died, the balancer's. */
  function surprising({ deadly }: Fault, { load, replays, hurried }: Seen): string[] {
    const fine = ['acknowledged', '400 signed', '401 signed', '429 signed', '500 SYSTEM_ERROR signed'];
    const forLoad = deadly ? [...fine, '502 balancer', '504 balancer', 'connection broken'] : fine;
    // These requests go directly to the nodes and not through the balancer.
    const direct = deadly ? [...fine, 'connection broken'] : fine;
    const unexpected = (counts: ReadonlyMap<string, number>, expected: string[]) =>
      [...counts]
        .filter(([verdict]) => !expected.includes(verdict))
        .map(([verdict, n]) => `${n} × ${verdict}`);
    return [
      ...unexpected(load, forLoad),
      ...unexpected(
        replays,
        direct.filter((verdict) => !['acknowledged', '400 signed'].includes(verdict)),
      ),
      ...unexpected(hurried, direct),
    ];
  }

  function replaysAccepted(): number {
    const accepted = ['acknowledged', '400 signed'];
    return journal.answers.filter(({ who, verdict }) => who === 'replay' && accepted.includes(verdict))
      .length;
  }

  /** A forgotten bucket is full again, so the times before and after are judged separately. */
  function quotaBeyond({ forgets }: Fault, { from, to, end }: Seen): number {
    const { quota } = cluster.hurried;
    const stretches = forgets ? [[from, to], [to, end]] : [[from, end]]; // biome-ignore format: a line
    const beyond = stretches.map(([a = 0, b = 0]) => judgeQuota(journal, quota, a, b).beyond);
    return Math.max(...beyond);
  }
});
