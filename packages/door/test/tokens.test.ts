import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { CompromisedToken } from '../dist/index.js';
import { opened, pngOf } from './opened.js';
import { get, post, problemOf } from './send.js';

test('a token is shown once; what is kept of it is a hash', async () => {
  const { tokens, folder, close } = await opened();
  const { token, text } = await tokens.create({
    ...{ name: 'build', account: 'shop', scopes: ['read', 'upload'] as const, quota: 5 },
  });
  expect(text).toMatch(/^cmr_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$/);
  expect(text.startsWith(token.id)).toBe(true);
  expect(await tokens.list()).toEqual([{ ...token, scopes: ['upload', 'read'] }]);
  await close();
  const secret = text.slice(token.id.length + 1);
  const files = await Promise.all(
    ['store.db', 'store.db-wal'].map((name) =>
      readFile(path.join(folder, name)).catch(() => Buffer.alloc(0)),
    ),
  );
  const kept = Buffer.concat(files);
  expect(kept.includes(secret)).toBe(false);
  expect(kept.includes(createHash('sha256').update(secret).digest('base64url'))).toBe(true);
});

test('what tells of a token is in its commit, or there is no such token', async () => {
  const { tokens } = await opened();
  const given = { name: 'build', account: 'shop', scopes: ['read'] as const };
  const nowhere = () => [{ text: 'insert into nowhere values (1)', values: [] }];
  await expect(tokens.create(given, nowhere)).rejects.toMatchObject({ name: 'StoreError' });
  expect(await tokens.list()).toEqual([]);
  const { token } = await tokens.create(given);
  await expect(tokens.revoke(token.id, nowhere)).rejects.toMatchObject({ name: 'StoreError' });
  expect(await tokens.list()).toEqual([token]);
  expect(await tokens.revoke(token.id)).toMatchObject({ id: token.id, revokedAt: expect.any(Number) });
  // It is told once: the second time nothing changes.
  expect(await tokens.revoke(token.id, nowhere)).toEqual((await tokens.list())[0]);
  expect(await tokens.revoke('cmr_000000000000', nowhere)).toBeUndefined();
});

test('each token that is not accepted has its problem, and none of them tells whether its id exists', async () => {
  const { url, token, tokens } = await opened();
  const sound = await token();
  const expired = await token({ expiresAt: Date.now() - 1 });
  const revoked = await token();
  await tokens.revoke(revoked.slice(0, 16));
  const cases = [
    [sound, 200, undefined],
    [expired, 401, 'token-expired'],
    [revoked, 401, 'token-revoked'],
    [`${sound.slice(0, -1)}${sound.endsWith('A') ? 'B' : 'A'}`, 401, 'token-wrong'],
    [`cmr_000000000000${sound.slice(16)}`, 401, 'token-wrong'],
    ['', 401, 'token-wrong'],
    [await token({ scopes: ['upload'] }), 403, 'scope-missing'],
    [await token({ scopes: ['admin'] }), 403, 'scope-missing'],
    [await token({ account: 'closed' }), 403, 'account-unknown'],
  ] as const;
  for (const [text, status, code] of cases) {
    const answer = await get(`${url}/v1/images`, text);
    expect([answer.status, (answer.body as { code?: string }).code]).toEqual([status, code]);
    if (status === 401) expect(answer.headers.get('www-authenticate')).toContain('Bearer');
  }
  expect(await problemOf(await fetch(`${url}/v1/images`))).toMatchObject({
    status: 401,
    code: 'token-missing',
  });
});

test('a token with another scope uploads nothing', async () => {
  const { url, token, publisher } = await opened();
  const refused = await post(`${url}/v1/images`, await token({ scopes: ['read', 'admin'] }), pngOf(100));
  expect(refused.body).toMatchObject({ status: 403, code: 'scope-missing' });
  expect(publisher.asked).toHaveLength(0);
});

test('a token that was accepted before is refused once it is revoked', async () => {
  const { url, token, tokens } = await opened();
  const text = await token();
  expect((await get(`${url}/v1/images`, text)).status).toBe(200);
  await expect.poll(async () => (await tokens.list())[0]?.usedAt).toEqual(expect.any(Number));
  await tokens.revoke(text.slice(0, 16));
  await expect
    .poll(async () => (await get(`${url}/v1/images`, text)).body)
    .toMatchObject({ code: 'token-revoked' });
});

test('a token in the URL is refused and told as compromised; one that is made up is not', async () => {
  const told: CompromisedToken[] = [];
  const { url, token, log } = await opened({ listener: { compromised: (event) => void told.push(event) } });
  const text = await token();
  const madeUp = `cmr_000000000000${text.slice(16)}`;
  for (const query of [`token=${text}`, `access_token=${encodeURIComponent(text)}`, `x=${madeUp}`]) {
    const answer = await get(`${url}/v1/images?${query}`, text);
    expect(answer.body).toMatchObject({ status: 400, code: 'token-in-url' });
  }
  const event = { token: text.slice(0, 16), account: 'shop', how: 'url', address: '127.0.0.1' };
  expect(told).toEqual([event, event]);
  expect(log.filter((line) => line.includes('revoke it'))).toHaveLength(2);
  expect(log.join('\n')).not.toContain(text.slice(17));
});

test.each([
  ['a proxy that was not announced', {}, { 'X-Forwarded-For': '203.0.113.9' }, 403, 'token-in-clear'],
  [
    'a proxy that was asked in clear',
    { behindTlsProxy: true },
    { 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Proto': 'http' },
    403,
    'token-in-clear',
  ],
  [
    'a proxy that does not say',
    { behindTlsProxy: true },
    { 'X-Forwarded-For': '203.0.113.9' },
    403,
    'token-in-clear',
  ],
  [
    'a proxy that was asked by TLS',
    { behindTlsProxy: true },
    { 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Proto': 'https' },
    200,
    undefined,
  ],
] as const)('%s', async (_, options, headers, status, code) => {
  const told: CompromisedToken[] = [];
  const { url, token } = await opened({
    ...options,
    listener: { compromised: (event) => void told.push(event) },
  });
  const text = await token();
  const answer = await fetch(`${url}/v1/images`, {
    headers: { Authorization: `Bearer ${text}`, ...headers },
  });
  const { code: said } = (await answer.json()) as { code?: string };
  expect([answer.status, said]).toEqual([status, code]);
  expect(told.map(({ how }) => how)).toEqual(code ? ['clear'] : []);
});

test('failed tokens are limited by address; a token that was accepted before goes on', async () => {
  const { url, token } = await opened();
  const sound = await token();
  const fresh = await token();
  await get(`${url}/v1/images`, sound);
  const wrong = `cmr_000000000000${sound.slice(16)}`;
  const statuses: number[] = [];
  for (let at = 0; at < 12; at += 1) statuses.push((await get(`${url}/v1/images`, wrong)).status);
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
  const limited = await get(`${url}/v1/images`, fresh);
  expect(limited.body).toMatchObject({ status: 429, code: 'failures-too-many' });
  expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await get(`${url}/v1/images`, sound)).status).toBe(200);
});

test('the quota of a token is told, and then it is refused with the time to wait', async () => {
  const { url, token } = await opened();
  const text = await token({ quota: 1 });
  const send = () => post(`${url}/v1/images`, text, pngOf(100));
  const first = await send();
  expect(first.headers.get('ratelimit-policy')).toBe('"token";q=2;w=2');
  expect(first.headers.get('ratelimit')).toMatch(/^"token";r=1;t=\d+$/);
  await send();
  const refused = await send();
  expect(refused.body).toMatchObject({ status: 429, code: 'rate-exceeded' });
  expect(refused.headers.get('ratelimit')).toMatch(/^"token";r=0;t=\d+$/);
  expect(refused.headers.get('retry-after')).toBe('1');
});

test('foreign hosts and pages are refused before anything else, and no CORS header is sent', async () => {
  const { port, url, token } = await opened({ allowedHosts: ['relay.example'], behindTlsProxy: true });
  const bearer = await token();
  const ask = (headers: Record<string, string>) =>
    new Promise<[number | undefined, string]>((resolve, reject) => {
      const asked = request(
        { port, path: '/v1/images', headers: { Authorization: `Bearer ${bearer}`, ...headers } },
        (response) => {
          response.resume();
          resolve([
            response.statusCode,
            Object.keys(response.headers)
              .filter((name) => name.startsWith('access-control'))
              .join(),
          ]);
        },
      );
      asked.on('error', reject);
      asked.end();
    });
  expect(await ask({ Host: 'rebound.example' })).toEqual([403, '']);
  expect(await ask({ Host: 'relay.example:8443' })).toEqual([200, '']);
  const proxied = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-For': '203.0.113.9' };
  expect(await ask({ Host: 'shop.example', ...proxied })).toEqual([200, '']);
  expect(await ask({ Host: 'shop.example', Origin: 'https://page.example', ...proxied })).toEqual([403, '']);
  expect(await ask({ Origin: 'https://page.example' })).toEqual([403, '']);
  expect(await ask({ 'Sec-Fetch-Site': 'cross-site' })).toEqual([403, '']);
  expect(await ask({ Host: new URL(url).host, Origin: url })).toEqual([200, '']);
});
