import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireEngines } from '../../tools/engines/index.mjs';
import { targetOf } from '../attack/attack.js';
import { type Attacker, attackHere } from '../attack/attacker-here.js';
import { TOGETHER } from '../attack/attacks.js';
import { type Seen, uploadHonestly } from '../attack/honest.js';
import { type Cluster, startCluster } from './cluster.js';
import type { Node } from './node.js';

// Takes 60 s: all attacks at once on a node of a cluster, while an engine hangs. e2e/attack/trouble.test.ts is the same for one folder.

/** The attack takes the processor from node, engines and this client alike, and other tests take their part of it: all comes late. */
const PATIENCE = { timeout: 90_000 };

const required = await requireEngines('postgres', 's3', 'redis', 'balancer');

describe('a node of a cluster that all attack', required.needed, () => {
  let cluster: Cluster;
  let node: Node;
  let attacker: Attacker;
  const stored: string[] = [];

  beforeAll(async () => {
    cluster = await startCluster();
    const [first] = cluster.nodes;
    if (!first) throw new Error('there is no node');
    node = first;
  }, 120_000);

  afterAll(async () => {
    await attacker?.end();
    await cluster?.end();
  }, 60_000);

  // Ceph makes what it needs at its first requests. On a busy machine that takes longer than a call may, the more so under attack.
  test('honest uploads pass before the attack, which begins then', { timeout: 200_000 }, async () => {
    await expectPassing();
    attacker = attackHere(TOGETHER, await targetOf(cluster, node.port));
  });

  test.each(['s3', 'postgres', 'redis'] as const)(
    '%s hangs: honest uploads are told or wait, and pass when it goes on',
    {
      timeout: 400_000,
    },
    async (engine) => {
      await expectPassing();
      cluster[engine].pause();
      let during: Seen;
      try {
        const hung = uploading(5000);
        await expect.poll(() => node.readyz(), PATIENCE).toMatch(/^503 /);
        during = await hung;
      } finally {
        cluster[engine].resume();
      }
      expect([...during.failed.keys()].filter((what) => what !== 'upload 500')).toEqual([]);
      await expectPassing();
    },
  );

  test('then the attack ends, everything that was answered for is stored, and the node ends in time', {
    timeout: 60_000,
  }, async () => {
    await attacker.end();
    node.mustLive();
    expect(stored.length).toBeGreaterThan(0);
    const lost: string[] = [];
    for (const digest of stored) {
      const response = await fetch(`${node.url}/images/${digest}.png`);
      if (response.status !== 200) lost.push(digest);
      await response.arrayBuffer();
    }
    expect(lost).toEqual([]);
    await node.end();
  });

  /** Expects that for a second every honest upload passes. */
  async function expectPassing(): Promise<void> {
    await expect.poll(() => node.readyz(), PATIENCE).toMatch(/^200 /);
    await expect.poll(async () => [...(await uploading(1000)).failed], PATIENCE).toEqual([]);
  }

  async function uploading(milliseconds: number): Promise<Seen> {
    const ended = new AbortController();
    const honest = uploadHonestly(cluster.credentials, node.port, node.port, ended.signal);
    await sleep(milliseconds);
    ended.abort();
    const seen = await honest;
    stored.push(...seen.stored);
    return seen;
  }
});
