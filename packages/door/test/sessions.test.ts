import { request } from 'node:http';
import { openEmbeddedDatabase } from '@coupon-media/server';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Opened, opened, pngOf } from './opened.js';

/** A request as a browser sends it, header by header; `fetch` sets some of them itself. */
interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}
interface Answer {
  readonly status: number | undefined;
  readonly cookie: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

function send(
  port: number,
  { method = 'GET', path = '/v1/session', headers = {}, body }: Sent,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { port, method, path, headers: { 'Accept-Language': 'en', ...headers } },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          const text = Buffer.concat(parts).toString();
          resolve({
            ...{ status: response.statusCode, headers: response.headers },
            cookie: response.headers['set-cookie']?.[0],
            body: text === '' ? undefined : JSON.parse(text),
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** What the page's own requests have. */
const OURS = { 'Sec-Fetch-Site': 'same-origin', 'Coupon-Media-Console': '1' };

async function signedIn({ port }: Opened, token: string): Promise<string> {
  const answer = await send(port, { method: 'POST', headers: { ...OURS, Authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(200);
  return answer.cookie?.split(';', 1)[0] ?? '';
}

const postImage = (headers: Readonly<Record<string, string>>): Sent => ({
  ...{ method: 'POST', path: '/v1/images', body: pngOf(100) },
  headers: { 'Content-Type': 'image/png', ...headers },
});

test('a token is exchanged for a cookie that no script and no other site can use', async () => {
  const door = await opened();
  const { port, publisher } = door;
  const token = await door.token({ name: 'editor' });
  const answer = await send(port, {
    method: 'POST',
    headers: { ...OURS, Authorization: `Bearer ${token}`, 'Coupon-Media-Base': '/pay/' },
  });
  expect(answer.body).toMatchObject({
    by: 'session',
    account: 'shop',
    name: 'editor',
    scopes: ['upload', 'read'],
  });
  const [pair = '', ...flags] = (answer.cookie ?? '').split('; ');
  expect(pair).toMatch(new RegExp(`^coupon-media-session-${port}=cms_[0-9a-f]{12}_[\\w-]{43}$`));
  expect(flags).toEqual(['Path=/pay/', 'Max-Age=28800', 'HttpOnly', 'SameSite=Strict']);
  expect(JSON.stringify(answer.body)).not.toContain('cms_');

  const Cookie = pair;
  expect((await send(port, { headers: { ...OURS, Cookie } })).body).toEqual(answer.body);
  expect((await send(port, postImage({ ...OURS, Cookie }))).status).toBe(200);
  expect(publisher.asked[0]?.caller).toBe(token.slice(0, 16));
  // Only its hash is kept.
  const secret = pair.slice(-43);
  expect(JSON.stringify(await rowsOf(door))).not.toContain(secret);
  expect(door.log.join('\n')).not.toContain(secret);
});

test('the cookie of a browser that came by TLS has a prefix that others of the domain cannot set, and Secure', async () => {
  const door = await opened({ behindTlsProxy: true });
  const token = await door.token();
  const tls = { Host: 'relay.example', 'X-Forwarded-Proto': 'https', 'X-Forwarded-For': '203.0.113.9' };
  for (const [base, said, name] of [
    ['/', '/', '__Host-coupon-media-session'],
    ['/pay/', '/pay/', '__Secure-coupon-media-session'],
    ['/; Domain=example', '/', '__Host-coupon-media-session'],
  ] as const) {
    const headers = { ...tls, ...OURS, Authorization: `Bearer ${token}`, 'Coupon-Media-Base': base };
    const { cookie = '' } = await send(door.port, { method: 'POST', headers });
    const [pair = '', ...flags] = cookie.split('; ');
    expect(pair.split('=')[0]).toBe(name);
    expect(flags).toEqual([`Path=${said}`, 'Max-Age=28800', 'HttpOnly', 'SameSite=Strict', 'Secure']);
    expect((await send(door.port, { headers: { ...tls, ...OURS, Cookie: pair } })).status).toBe(200);
    // Without its prefix it may have been set by anybody.
    const bare = { ...tls, ...OURS, Cookie: pair.replace(/^__\w+-/, '') };
    expect((await send(door.port, { headers: bare })).status).toBe(204);
  }
});

describe('with the cookie of a session', () => {
  const cases: [string, Record<string, string>, Sent['method'], number, string?][] = [
    ['a read of the page', { 'Sec-Fetch-Site': 'same-origin' }, 'GET', 200],
    ['a read of a browser that does not say its site', {}, 'GET', 200],
    ['a link of another site', { 'Sec-Fetch-Site': 'cross-site' }, 'GET', 403],
    ['another port of the machine', { 'Sec-Fetch-Site': 'same-site' }, 'GET', 403],
    ['an address that was typed', { 'Sec-Fetch-Site': 'none' }, 'GET', 403],
    ['a write of the page', OURS, 'POST', 200],
    ['a write of an older browser', { Origin: 'own', 'Coupon-Media-Console': '1' }, 'POST', 200],
    ['a write without the header', { 'Sec-Fetch-Site': 'same-origin', Origin: 'own' }, 'POST', 403],
    ['a write of a program', { 'Coupon-Media-Console': '1' }, 'POST', 403],
    [
      'a form of another site',
      { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://page.example' },
      'POST',
      403,
    ],
    [
      'a form of an older browser',
      { Origin: 'https://page.example', 'Coupon-Media-Console': '1' },
      'POST',
      403,
    ],
    ['a page without an origin', { ...OURS, Origin: 'null' }, 'POST', 403],
    ['another name of the machine', { ...OURS, Host: 'rebound.example' }, 'POST', 403, 'host-unknown'],
  ];
  test.each(cases)('%s', async (_, headers, method, status, code) => {
    const door = await opened();
    const Cookie = await signedIn(door, await door.token());
    const own = headers.Origin === 'own' ? { Origin: `http://127.0.0.1:${door.port}` } : {};
    const host = { Host: `127.0.0.1:${door.port}` };
    const sent = { ...host, ...headers, ...own, Cookie };
    const answer = await send(
      door.port,
      method === 'POST' ? postImage(sent) : { path: '/v1/images', headers: sent },
    );
    expect(answer.status).toBe(status);
    if (status !== 200) expect(answer.body).toMatchObject({ code: code ?? 'origin-foreign' });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(door.publisher.asked).toHaveLength(method === 'POST' && status === 200 ? 1 : 0);
  });
});

test('a session is over when its time is up, when it is left, and when its token is revoked', async () => {
  let ahead = 0;
  const door = await opened({ now: () => Date.now() + ahead });
  const { port, tokens } = door;
  const token = await door.token();
  const code = async (Cookie: string) =>
    ((await send(port, { headers: { ...OURS, Cookie } })).body as { code?: string }).code;

  const left = await signedIn(door, token);
  const other = await signedIn(door, token);
  const leaving = await send(port, { method: 'DELETE', headers: { ...OURS, Cookie: left } });
  expect([leaving.status, leaving.cookie]).toEqual([
    204,
    `coupon-media-session-${port}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict`,
  ]);
  expect(await code(left)).toBe('session-over');
  expect(await code(other)).toBeUndefined();

  ahead = 8 * 3_600_000 + 1000;
  expect(await code(other)).toBe('session-over');

  const brief = await door.token({ expiresAt: Date.now() + ahead + 60_000 });
  const { cookie } = await send(port, { method: 'POST', headers: { Authorization: `Bearer ${brief}` } });
  expect(cookie).toMatch(/; Max-Age=(?:59|60);/);

  const revoked = await signedIn(door, token);
  expect(await code(revoked)).toBeUndefined();
  await tokens.revoke(token.slice(0, 16));
  await expect.poll(() => code(revoked)).toBe('token-revoked');
});

test('events end with the session', async () => {
  const door = await opened();
  const Cookie = await signedIn(door, await door.token());
  const stream = await fetch(`${door.url}/v1/events`, { headers: { Cookie } });
  expect(stream.status).toBe(200);
  await send(door.port, { method: 'DELETE', headers: { ...OURS, Cookie } });
  expect(await stream.text()).toContain('events of coupon-media');
});

test('a session is not exchanged for another one, and a token without a browser asks as whom it is taken', async () => {
  const door = await opened();
  const token = await door.token({ scopes: ['read'] });
  const Cookie = await signedIn(door, token);
  const again = await send(door.port, { method: 'POST', headers: { ...OURS, Cookie } });
  expect([again.body, again.cookie]).toMatchObject([{ status: 401, code: 'token-missing' }, undefined]);
  const asked = await send(door.port, { headers: { Authorization: `Bearer ${token}` } });
  expect(asked.body).toEqual({
    by: 'token',
    account: 'shop',
    name: 'test',
    scopes: ['read'],
    expires_at: null,
  });
  // The scopes are those of the token.
  const refused = await send(door.port, postImage({ ...OURS, Cookie }));
  expect(refused.body).toMatchObject({ status: 403, code: 'scope-missing' });
});

test('failed tokens are limited here, too, and so are sessions that never were; one that was accepted goes on', async () => {
  const door = await opened();
  const { port } = door;
  const token = await door.token();
  const Cookie = await signedIn(door, token);
  expect((await send(port, { headers: { ...OURS, Cookie } })).status).toBe(200);
  const madeUp = `${Cookie.slice(0, -43)}${'A'.repeat(43)}`;
  const statuses: unknown[] = [];
  for (let at = 0; at < 6; at += 1) {
    const wrong = { Authorization: `Bearer cmr_000000000000${token.slice(16)}` };
    statuses.push((await send(port, { method: 'POST', headers: wrong })).status);
    statuses.push((await send(port, { headers: { ...OURS, Cookie: madeUp } })).status);
  }
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
  const fresh = { Authorization: `Bearer ${await door.token()}` };
  expect((await send(port, { method: 'POST', headers: fresh })).body).toMatchObject({
    code: 'failures-too-many',
  });
  expect((await send(port, { headers: { ...OURS, Cookie } })).status).toBe(200);
});

test('a cookie that came in clear from elsewhere is refused', async () => {
  const door = await opened();
  const Cookie = await signedIn(door, await door.token());
  const answer = await send(door.port, { headers: { ...OURS, Cookie, 'X-Forwarded-For': '203.0.113.9' } });
  expect(answer.body).toMatchObject({ status: 403, code: 'token-in-clear' });
});

test('a token has a hundred sessions at most', async () => {
  const door = await opened();
  const token = await door.token();
  const first = await signedIn(door, token);
  for (let at = 0; at < 100; at += 1) await signedIn(door, token);
  expect(await rowsOf(door)).toHaveLength(100);
  const answer = await send(door.port, { headers: { ...OURS, Cookie: first } });
  expect(answer.body).toMatchObject({ code: 'session-over' });
});

describe('a service whose own page needs no token', () => {
  const withoutToken = { account: 'shop', name: 'sandbox', scopes: ['upload', 'read'] } as const;

  test('takes its page as it was told, and everybody else needs a token', async () => {
    const door = await opened({ withoutToken });
    const { port, publisher } = door;
    expect((await send(port, {})).body).toMatchObject({ by: 'page' });
    expect((await send(port, { headers: { 'Sec-Fetch-Site': 'none' } })).status).toBe(204);
    const who = await send(port, { headers: { 'Sec-Fetch-Site': 'same-origin' } });
    expect(who.body).toEqual({ by: 'page', ...withoutToken, expires_at: null });
    expect((await send(port, postImage(OURS))).status).toBe(200);
    expect(publisher.asked.map(({ caller }) => caller)).toEqual(['page']);
    for (const [headers, code] of [
      [{}, 'token-missing'],
      [{ 'Coupon-Media-Console': '1' }, 'token-missing'],
      [{ 'Sec-Fetch-Site': 'same-origin' }, 'token-missing'],
      [{ ...OURS, 'Sec-Fetch-Site': 'cross-site' }, 'origin-foreign'],
      [{ ...OURS, 'Sec-Fetch-Site': 'same-site' }, 'origin-foreign'],
      [{ ...OURS, Origin: 'https://page.example' }, 'origin-foreign'],
      [{ ...OURS, Host: 'rebound.example' }, 'host-unknown'],
      [{ ...OURS, Authorization: 'Bearer cmr_' }, 'token-wrong'],
    ] as [Record<string, string>, string][]) {
      expect((await send(port, postImage(headers))).body).toMatchObject({ code });
    }
    expect(publisher.asked).toHaveLength(1);
    expect((await send(port, postImage({ Authorization: `Bearer ${await door.token()}` }))).status).toBe(200);
  });
});

async function rowsOf({ folder }: Opened): Promise<readonly unknown[]> {
  const database = await openEmbeddedDatabase({ folder });
  onTestFinished(() => database.close());
  return database.read({ text: 'select * from door_session', values: [] });
}
