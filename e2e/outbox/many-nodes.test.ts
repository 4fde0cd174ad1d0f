import { openClusterDatabase } from '@coupon-media/cluster';
import { openOutbox, upgradeRelay } from '@coupon-media/relay';
import { describe, expect, test } from 'vitest';
import { useEngines } from '../../tools/engines/index.mjs';
import { ANSWER, type OpenOutboxes, outboxContract, settled, wishOf } from './contract.js';
import { CLUSTER } from './nodes.js';

// Takes 20 s: PostgreSQL starts, and each test opens nodes.

const engines = await useEngines('postgres');

describe('PostgreSQL', engines.needed, () => {
  outboxContract('many nodes', open);

  test('many nodes make one claim of a hundred wishes, and all their callers receive what one recorded', async () => {
    const opened = await open();
    try {
      const nodes = [opened.outbox, await opened.other(), await opened.other()];
      const wish = wishOf();
      const answers = Array.from({ length: 100 }, async (_, n) => {
        const node = nodes[n % nodes.length];
        const answer = node && settled(node, wish);
        return (await node?.wish({ ...wish, caller: `${n % 7}` })) ?? (await answer);
      });
      const claims = (
        await Promise.all(nodes.map((node) => until(() => node.claim('shop', 10, Date.now() + 60_000))))
      ).flat();
      expect(claims).toHaveLength(1);
      for (const claim of claims) await nodes[2]?.record(claim, ANSWER);
      for (const answer of await Promise.all(answers)) expect(answer).toMatchObject(ANSWER);
    } finally {
      await opened.end();
    }
  });

  /** Node by node, several tries: what is claimed is no longer there for the others. */
  async function until<T>(act: () => Promise<readonly T[]>): Promise<readonly T[]> {
    for (let tries = 0; tries < 20; tries += 1) {
      const found = await act();
      if (found.length > 0) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return [];
  }

  test('a refusal reaches the callers of other nodes', async () => {
    const opened = await open();
    try {
      const other = await opened.other();
      const wish = wishOf();
      const waiting = settled(other, wish);
      await other.wish(wish);
      const [claim] = await opened.outbox.claim('shop', 1, Date.now() + 60_000);
      if (claim) await opened.outbox.refuse(claim, 'no');
      expect(await waiting).toEqual({ refusal: 'no' });
    } finally {
      await opened.end();
    }
  });
});

async function open(clock?: () => number): Promise<OpenOutboxes> {
  const { postgres } = await useEngines('postgres');
  const closing: (() => Promise<void>)[] = [];
  async function node() {
    const database = await openClusterDatabase({ ...CLUSTER, databaseUrl: postgres.url });
    await upgradeRelay(database);
    const outbox = await openOutbox(database, clock);
    closing.push(async () => {
      await outbox.close();
      await database.close();
    });
    return outbox;
  }
  return {
    outbox: await node(),
    other: node,
    async end() {
      for (const close of closing) await close();
    },
  };
}
