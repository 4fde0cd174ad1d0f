import { openTokens } from '@coupon-media/door';
import type { Database } from '@coupon-media/server/engine';
import { describe, expect, test } from 'vitest';
import { useEngines } from '../tools/engines/index.mjs';
import { PNG } from './support/exchange.js';
import { postgresOf, twoDoors } from './support/two-doors.js';

const needed = await useEngines('postgres', 's3', 'redis');

describe.each([
  ['one folder', {}, async (own: Database) => own],
  ['PostgreSQL', needed.needed, postgresOf(needed)],
] as const)('on %s', (_, options, openDatabase) => {
  test('what a node accepted and left is done by another, 20 seconds later', options, async () => {
    const begun = Date.now();
    let ahead = -1_000;
    const value = { value: 'https://upstream.example/a.png', upstreamRequestId: 'UP', reused: false };
    const asked: string[] = [];
    const publisherOf = (name: string, publish: () => Promise<typeof value>) => ({
      known: async () => undefined,
      publish() {
        asked.push(name);
        return publish();
      },
    });
    // The first one stands still, as far as others see, once it has begun.
    let release = (_: typeof value) => {};
    const still = new Promise<typeof value>((resolve) => {
      release = resolve;
    });
    const { nodes, database } = await twoDoors(openDatabase, [
      { publisher: publisherOf('first', () => still), now: () => begun },
      { publisher: publisherOf('second', async () => value), now: () => begun + ahead },
    ]);
    const tokens = await openTokens(database);
    const { text } = await tokens.create({ name: 'a', account: 'shop', scopes: ['upload', 'read'] });
    const headers = {
      Authorization: `Bearer ${text}`,
      'Content-Type': 'image/png',
      Prefer: 'respond-async',
    };
    const accepted = await fetch(`${nodes[0]}/v1/images`, {
      ...{ method: 'POST', headers, body: new Uint8Array(PNG) },
    });
    expect(accepted.status).toBe(202);
    await expect.poll(() => asked).toEqual(['first']);
    const state = async () => {
      const answer = await fetch(`${nodes[1]}${accepted.headers.get('location')}`, { headers });
      return ((await answer.json()) as { state: string }).state;
    };
    expect(await state()).toBe('waiting');
    ahead = 20_000;
    await expect.poll(state).toBe('done');
    expect(asked).toEqual(['first', 'second']);
    release(value);
  });
});
