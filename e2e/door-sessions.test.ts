import { openTokens } from '@coupon-media/door';
import type { Database } from '@coupon-media/server/engine';
import { describe, expect, test } from 'vitest';
import { useEngines } from '../tools/engines/index.mjs';
import { postgresOf, twoDoors } from './support/two-doors.js';

/** Sessions of two nodes that have one database, on each of its engines. */

const needed = await useEngines('postgres', 's3', 'redis');

describe.each([
  ['one folder', {}, async (own: Database) => own],
  ['PostgreSQL', needed.needed, postgresOf(needed)],
] as const)('on %s', (_, options, openDatabase) => {
  test(
    'a session of one node is one of the other, and is over on both within a second',
    options,
    async () => {
      const { nodes, database } = await twoDoors(openDatabase);
      const [here = '', there = ''] = nodes;
      const tokens = await openTokens(database);
      const { token, text } = await tokens.create({ name: 'console', account: 'shop', scopes: ['read'] });
      const left = await signIn(here, text);
      const kept = await signIn(there, text);
      expect(left.secret).toMatch(/^cms_[0-9a-f]{12}_[\w-]{43}$/);
      for (const node of nodes)
        expect(await asked(node, left)).toMatchObject({ by: 'session', account: 'shop' });

      const leaving = await fetch(`${here}/v1/session`, { method: 'DELETE', headers: headersOf(here, left) });
      expect(leaving.status).toBe(204);
      expect(await asked(here, left)).toMatchObject({ code: 'session-over' });
      await expect.poll(() => asked(there, left)).toMatchObject({ code: 'session-over' });

      expect(await asked(here, kept)).toMatchObject({ by: 'session' });
      await tokens.revoke(token.id);
      for (const node of nodes)
        await expect.poll(() => asked(node, kept)).toMatchObject({ code: 'token-revoked' });
    },
  );

  test('a token has a hundred sessions, of which the oldest gives way', options, async () => {
    const { nodes, database } = await twoDoors(openDatabase);
    const [here = ''] = nodes;
    const { token, text } = await (await openTokens(database)).create({
      ...{ name: 'console', account: 'shop', scopes: ['read'] as const },
    });
    const first = await signIn(here, text);
    const at = Date.now() + 1000;
    await database.write(
      Array.from({ length: 100 }, (_, n) => ({
        text: 'insert into door_session (id, hash, token, created_at, expires_at) values (?, ?, ?, ?, ?)',
        values: [`cms_${n}`, 'hash', token.id, at + n, at * 2],
      })),
    );
    await signIn(here, text);
    const [row] = await database.read({
      text: 'select count(*) as n, min(created_at) as oldest from door_session where token = ?',
      values: [token.id],
    });
    expect([Number(row?.n), Number(row?.oldest)]).toEqual([100, at]);
    expect(await asked(here, first)).toMatchObject({ code: 'session-over' });
  });
});

interface Cookie {
  readonly name: string;
  readonly secret: string;
}

async function signIn(url: string, token: string): Promise<Cookie> {
  const answer = await fetch(`${url}/v1/session`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
  });
  expect(answer.status).toBe(200);
  const [, name = '', secret = ''] = /^(\S+?)=([^;]*)/.exec(answer.headers.get('set-cookie') ?? '') ?? [];
  return { name, secret };
}

/** The cookie's name has the port, which a proxy in front of both nodes would keep. */
const headersOf = (url: string, { secret }: Cookie) => ({
  Cookie: `coupon-media-session-${new URL(url).port}=${secret}`,
  'Sec-Fetch-Site': 'same-origin',
  'Coupon-Media-Console': '1',
});

async function asked(url: string, cookie: Cookie): Promise<unknown> {
  return (await fetch(`${url}/v1/session`, { headers: headersOf(url, cookie) })).json();
}
