import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { openTokens } from '@coupon-media/door';
import type { Database } from '@coupon-media/server/engine';
import { describe, expect, onTestFinished, test } from 'vitest';
import { useEngines } from '../tools/engines/index.mjs';
import { makeCertificate } from './engines/certificates.js';
import { PNG } from './support/exchange.js';
import { postgresOf, twoDoors } from './support/two-doors.js';

const needed = await useEngines('postgres', 's3', 'redis');

const VALUE = { value: 'https://upstream.example/a.png', upstreamRequestId: 'UP', reused: false };

describe.each([
  ['one folder', {}, async (own: Database) => own],
  ['PostgreSQL', needed.needed, postgresOf(needed)],
] as const)('on %s', (_, options, openDatabase) => {
  test('what a node accepted and left is done by another, 20 seconds later', options, async () => {
    const begun = Date.now();
    let ahead = -1_000;
    const asked: string[] = [];
    const publisherOf = (name: string, publish: () => Promise<typeof VALUE>) => ({
      known: async () => undefined,
      publish() {
        asked.push(name);
        return publish();
      },
    });
    // The first one stands still, as far as others see, once it has begun.
    let release = (_: typeof VALUE) => {};
    const still = new Promise<typeof VALUE>((resolve) => {
      release = resolve;
    });
    const { nodes, database } = await twoDoors(openDatabase, [
      { publisher: publisherOf('first', () => still), now: () => begun },
      { publisher: publisherOf('second', async () => VALUE), now: () => begun + ahead },
    ]);
    const asks = await accepted(database, nodes[0]);
    await expect.poll(() => asked).toEqual(['first']);
    expect(await asks(nodes[1])).toMatchObject({ state: 'waiting' });
    ahead = 20_000;
    await expect.poll(() => asks(nodes[1])).toMatchObject({ state: 'done' });
    expect(asked).toEqual(['first', 'second']);
    release(VALUE);
  });

  test('a callback that one node could not deliver is delivered by another, once', options, async () => {
    const receiver = await receiverThat([503, 'nothing', 204]);
    const callbacks = { allowed: [receiver.url], ca: receiver.ca };
    const publisher = { known: async () => undefined, publish: async () => VALUE };
    const begun = Date.now();
    const ahead = [0, -1_000, -1_000];
    const { nodes, database } = await twoDoors(
      openDatabase,
      ahead.map((_, node) => ({ publisher, callbacks, now: () => begun + (ahead[node] ?? 0) })),
    );
    const asks = await accepted(database, nodes[0], `${receiver.url}/hooks`);
    await expect.poll(() => receiver.bodies.length).toBe(1);
    // The first node stands still. The second one has its turn a second later, and its receiver hangs; the third one goes on when that
    // claim has ended.
    ahead[1] = 1_000;
    await expect.poll(() => receiver.bodies.length).toBe(2);
    expect(await asks(nodes[2])).toMatchObject({ state: 'done', callback: 'waiting' });
    ahead[2] = 21_000;
    await expect.poll(() => asks(nodes[0])).toMatchObject({ state: 'done', callback: 'delivered' });
    // What the second one says late, that it was not taken, changes nothing: nobody calls again, although each goes on with other work.
    receiver.hangUp();
    for (const later of [60_000, 120_000]) {
      ahead.fill(later);
      const next = await accepted(database, nodes[1], `${receiver.url}/hooks`);
      await expect.poll(() => next(nodes[1])).toMatchObject({ callback: 'delivered' });
    }
    const ids = receiver.bodies.map((body): unknown => JSON.parse(body).id);
    expect(ids.filter((id) => id === ids[0])).toHaveLength(3);
    const keys = nodes.map(async (node) => (await fetch(`${node}/v1/callback-key`)).text());
    expect(new Set(await Promise.all(keys)).size).toBe(1);
  });
});

/** Has a node accept an image for later. @returns what a node answers who is asked for it */
async function accepted(database: Database, node = '', callback?: string) {
  const tokens = await openTokens(database);
  const { text } = await tokens.create({ name: 'a', account: 'shop', scopes: ['upload', 'read'] });
  const headers = { Authorization: `Bearer ${text}`, 'Content-Type': 'image/png', Prefer: 'respond-async' };
  const query = callback === undefined ? '' : `?callback=${encodeURIComponent(callback)}`;
  const answer = await fetch(`${node}/v1/images${query}`, {
    ...{ method: 'POST', headers, body: new Uint8Array(PNG) },
  });
  expect(answer.status).toBe(202);
  const location = answer.headers.get('location');
  return async (other = ''): Promise<unknown> => (await fetch(`${other}${location}`, { headers })).json();
}

/** A receiver of callbacks that answers with one status after another, or with nothing until it hangs up. */
async function receiverThat(answers: readonly (number | 'nothing')[]) {
  const { key, certificate, remove } = await makeCertificate('DNS:localhost');
  const bodies: string[] = [];
  const server = createServer({ key, cert: certificate }, async (request, response) => {
    let body = '';
    for await (const part of request.setEncoding('utf8')) body += part;
    const answer = answers[bodies.push(body) - 1] ?? 204;
    if (answer !== 'nothing') response.writeHead(answer).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const hangUp = () => server.closeAllConnections();
  onTestFinished(async () => {
    hangUp();
    server.close();
    await remove();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `https://localhost:${port}`, ca: certificate, bodies, hangUp };
}
