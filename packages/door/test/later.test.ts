import { execFileSync } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openEmbeddedEngines } from '@coupon-media/server';
import { expect, onTestFinished, test } from 'vitest';
import { PublishError } from '../dist/index.js';
import { opened, pngOf, sha256 } from './opened.js';
import { get, post } from './send.js';

const LATER = { Prefer: 'respond-async' };
const AWAY = new PublishError('unavailable', { 'zh-CN': '暂不可用', en: 'away' });

test('an upload is answered with 202 at once and carried out later, however often upstream is away', async () => {
  const { url, token, publisher } = await opened();
  const bearer = await token();
  let refusals = 2;
  publisher.next = async () => {
    refusals -= 1;
    if (refusals >= 0) throw AWAY;
  };
  const image = pngOf(70_000);
  const accepted = await post(`${url}/v1/images`, bearer, image, LATER);
  expect([accepted.status, accepted.headers.get('preference-applied')]).toEqual([202, 'respond-async']);
  const location = accepted.headers.get('location') ?? '';
  expect(accepted.body).toEqual({ id: path.basename(location), state: 'waiting', sha256: sha256(image) });
  await expect
    .poll(async () => (await get(`${url}${location}`, bearer)).body)
    .toMatchObject({
      state: 'done',
      image: { image_url: expect.stringContaining('upstream.example'), reused: false },
    });
  expect(publisher.asked).toHaveLength(3);
  const other = await get(`${url}${location}`, await token({ account: 'rival' }));
  expect(other.body).toMatchObject({ status: 404, code: 'not-found' });
});

test('one upload does not wait behind all that another caller brought before', async () => {
  const { url, token, publisher } = await opened();
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  publisher.next = () => held;
  const batch = await token();
  for (let sent = 0; sent < 260; sent += 20)
    await Promise.all(Array.from({ length: 20 }, () => post(`${url}/v1/images`, batch, pngOf(300), LATER)));
  const single = pngOf(300);
  const accepted = await post(`${url}/v1/images`, await token(), single, LATER);
  release();
  const location = `${url}${accepted.headers.get('location')}`;
  await expect
    .poll(async () => (await get(location, batch)).body, { timeout: 10_000 })
    .toMatchObject({ state: 'done' });
  const order = publisher.asked.map(({ upload }) => upload.sha256);
  expect(order.indexOf(sha256(single))).toBeLessThan(200);
});

test('what was answered with 202 is delivered by the service that comes after', async () => {
  const before = await opened();
  const bearer = await before.token();
  before.publisher.next = () => Promise.reject(AWAY);
  const image = pngOf(300);
  const accepted = await post(`${before.url}/v1/images`, bearer, image, LATER);
  await expect.poll(() => before.publisher.asked.length).toBeGreaterThan(0);
  await before.close();
  const after = await opened({}, before.folder);
  const location = accepted.headers.get('location') ?? '';
  await expect
    .poll(async () => (await get(`${after.url}${location}`, bearer)).body, { timeout: 30_000 })
    .toMatchObject({ state: 'done' });
  expect(after.publisher.asked[0]?.upload).toMatchObject({ sha256: sha256(image), bytes: 300, kind: 'png' });
});

test('what upstream refuses for good ends as a problem in the language of the reader', async () => {
  const { url, token, publisher } = await opened();
  const bearer = await token();
  const upstream = { status: 400, code: 'PARAM_ERROR', message: '图片尺寸不符', requestId: undefined };
  publisher.next = () =>
    Promise.reject(new PublishError('refused', { 'zh-CN': '被拒绝', en: 'refused' }, { upstream }));
  const accepted = await post(`${url}/v1/images`, bearer, pngOf(300), LATER);
  await expect
    .poll(async () => (await get(`${url}${accepted.headers.get('location')}`, bearer)).body)
    .toMatchObject({
      state: 'failed',
      problem: { code: 'upstream-refused-image', detail: 'refused', upstream: { message: '图片尺寸不符' } },
    });
});

test('the same Idempotency-Key is the same upload; with other bytes it is refused, and for another token it is new', async () => {
  const { url, token } = await opened();
  const bearer = await token();
  const image = pngOf(400);
  const keyed = { 'Idempotency-Key': '"order-7"', ...LATER };
  const first = await post(`${url}/v1/images`, bearer, image, keyed);
  const again = await post(`${url}/v1/images`, bearer, image, keyed);
  expect([first.status, again.status]).toEqual([202, 202]);
  expect(again.headers.get('location')).toBe(first.headers.get('location'));
  const others = await post(`${url}/v1/images`, bearer, pngOf(400), keyed);
  expect(others.body).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
  const renamed = await post(`${url}/v1/images?slot=icon`, bearer, image, keyed);
  expect(renamed.body).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
  const ofAnother = await post(`${url}/v1/images`, await token(), pngOf(400), {
    'Idempotency-Key': '"order-7"',
  });
  expect(ofAnother.status).toBe(200);
});

test('202 names an upload that is kept: a repeat of what was refused is refused, and of what was not kept is kept', async () => {
  const { url, token, folder, close } = await opened();
  const bearer = await token();
  const image = pngOf(600);
  const keyed = (key: string) => ({ 'Idempotency-Key': key, ...LATER });
  for (const _ of ['first', 'repeat']) {
    const refused = await post(`${url}/v1/images`, bearer, Buffer.from('no image'), keyed('"a"'));
    expect(refused.body).toMatchObject({ status: 422, code: 'image-refused' });
    const callback = `${url}/v1/images?callback=${encodeURIComponent('https://elsewhere.example/')}`;
    const called = await post(callback, bearer, image, keyed('"b"'));
    expect(called.body).toMatchObject({ status: 422, code: 'callback-refused' });
  }
  const first = await post(`${url}/v1/images`, bearer, image, keyed('"c"'));
  const location = first.headers.get('location') ?? '';
  await expect
    .poll(async () => (await get(`${url}${location}`, bearer)).body)
    .toMatchObject({ state: 'done' });
  await close();
  // As a kill leaves it between the two commits: the key is there, and the upload is not.
  const engines = await openEmbeddedEngines({ data: folder }, Date.now, console);
  await engines.database.write([{ text: 'delete from door_upload', values: [] }]);
  await engines.close();
  const after = await opened({}, folder);
  const again = await post(`${after.url}/v1/images`, bearer, image, keyed('"c"'));
  expect([again.status, again.headers.get('location')]).toEqual([202, location]);
  await expect
    .poll(async () => (await get(`${after.url}${location}`, bearer)).body)
    .toMatchObject({ state: 'done' });
});

test('server-sent events follow one upload until it is settled, and the images of the account from a number on', async () => {
  const { url, token, publisher } = await opened();
  const bearer = await token();
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  publisher.next = () => held;
  const accepted = await post(`${url}/v1/images`, bearer, pngOf(500), LATER);
  const { id } = accepted.body as { id: string };
  const headers = { Authorization: `Bearer ${bearer}` };
  const stream = await fetch(`${url}/v1/events?upload=${id}`, { headers });
  expect(stream.headers.get('content-type')).toContain('text/event-stream');
  release();
  const text = await stream.text();
  expect(text).toContain('event: upload');
  expect(text).toContain('"state":"done"');
  await post(`${url}/v1/images`, await token({ account: 'rival' }), pngOf(500));
  const images = await fetch(`${url}/v1/events`, { headers: { ...headers, 'Last-Event-ID': '0-0' } });
  const reader = images.body?.pipeThrough(new TextDecoderStream()).getReader();
  let seen = '';
  while (!seen.includes('"uploaded_at"')) seen += (await reader?.read())?.value ?? '';
  await reader?.cancel();
  expect(seen).toMatch(/id: \d{13}-1\n/);
  expect(seen).not.toContain('rival');
});

test('a callback is signed, and tried again until its receiver takes it; only allowed addresses are called', async () => {
  const receiver = await receiverThat([500, 204]);
  const allowed = [`${receiver.url}/hooks`];
  const { url, token } = await opened({ callbacks: { allowed, ca: receiver.ca } });
  const bearer = await token();
  for (const wrong of [
    'https://elsewhere.example/hooks',
    `${receiver.url}/hooksx`,
    `${receiver.url}/hooks/../x`,
    receiver.url.replace('https', 'http'),
  ]) {
    const refused = await post(
      `${url}/v1/images?callback=${encodeURIComponent(wrong)}`,
      bearer,
      pngOf(100),
      LATER,
    );
    expect(refused.body).toMatchObject({ status: 422, code: 'callback-refused' });
  }
  const target = `${receiver.url}/hooks/images?shop=1`;
  const accepted = await post(
    `${url}/v1/images?callback=${encodeURIComponent(target)}`,
    bearer,
    pngOf(100),
    LATER,
  );
  const location = `${url}${accepted.headers.get('location')}`;
  await expect.poll(async () => (await get(location, bearer)).body).toMatchObject({ callback: 'delivered' });
  expect(receiver.received).toHaveLength(2);
  const [{ headers, body } = { headers: {}, body: '' }] = receiver.received;
  expect(JSON.parse(body)).toMatchObject({ state: 'done', image: { image_url: expect.any(String) } });
  const input = String(headers['signature-input']).replace(/^relay=/, '');
  const base = [
    '"@method": POST',
    `"@target-uri": ${target}`,
    `"content-digest": ${headers['content-digest']}`,
    '"content-type": application/json',
    `"@signature-params": ${input}`,
  ].join('\n');
  const jwk = (await (await fetch(`${url}/v1/callback-key`)).json()) as { kid: string };
  expect(input).toContain(`keyid="${jwk.kid}"`);
  const signature = Buffer.from(String(headers.signature).slice('relay=:'.length, -1), 'base64');
  expect(
    verify(null, Buffer.from(base), createPublicKey({ key: { ...jwk }, format: 'jwk' }), signature),
  ).toBe(true);
});

test('a callback that its receiver has not taken is delivered by the service that comes after', async () => {
  const receiver = await receiverThat([503, 503]);
  const callbacks = { allowed: [`${receiver.url}/hooks`], ca: receiver.ca };
  const before = await opened({ callbacks });
  const bearer = await before.token();
  const query = `callback=${encodeURIComponent(`${receiver.url}/hooks`)}`;
  const accepted = await post(`${before.url}/v1/images?${query}`, bearer, pngOf(100), LATER);
  await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBeGreaterThan(0);
  await before.close();
  const after = await opened({ callbacks }, before.folder);
  const location = `${after.url}${accepted.headers.get('location')}`;
  const told = async () => (await get(location, bearer)).body;
  await expect.poll(told, { timeout: 20_000 }).toMatchObject({ state: 'done', callback: 'delivered' });
  const bodies = receiver.received.map(({ body }) => body);
  expect(new Set(bodies).size).toBe(1);
  expect(after.publisher.asked).toEqual([]);
});

test('a callback without respond-async is a mistake', async () => {
  const { url, token } = await opened();
  const refused = await post(`${url}/v1/images?callback=https%3A%2F%2Fa.example`, await token(), pngOf(100));
  expect(refused.body).toMatchObject({ status: 400, code: 'parameter-invalid' });
});

interface Receiver {
  readonly url: string;
  readonly ca: string;
  readonly received: { headers: Record<string, unknown>; body: string }[];
}

/** @param statuses what it answers with, one after another */
async function receiverThat(statuses: number[]): Promise<Receiver> {
  const folder = mkdtempSync(path.join(tmpdir(), 'coupon-media-receiver-'));
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => path.join(folder, name)) as [string, string];
  execFileSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert],
    ],
    { stdio: 'ignore' },
  );
  const ca = readFileSync(cert, 'utf8');
  const received: Receiver['received'] = [];
  const server: Server = createServer({ key: readFileSync(key), cert: ca }, (incoming, response) => {
    let body = '';
    incoming.setEncoding('utf8').on('data', (more: string) => {
      body += more;
    });
    incoming.on('end', () => {
      received.push({ headers: incoming.headers, body });
      response.writeHead(statuses[received.length - 1] ?? 204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `https://localhost:${(server.address() as AddressInfo).port}`, ca, received };
}
