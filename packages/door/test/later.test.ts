import path from 'node:path';
import { openEmbeddedDatabase, openEmbeddedEngines } from '@coupon-media/server';
import { expect, onTestFinished, test } from 'vitest';
import { PublishError } from '../dist/index.js';
import { createLaterUploads } from '../dist/later/uploads.js';
import { addAccepted } from './accepted.js';
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

test('a node keeps what it works on by saying so again; what a killed one had is taken over when its claim ends', async () => {
  const { folder } = await opened();
  const database = await openEmbeddedDatabase({ folder });
  onTestFinished(() => database.close());
  let now = Date.now();
  const uploads = createLaterUploads(database, () => now);
  // Its time is far ahead, so that the worker of this service leaves it alone.
  now += 1_000_000;
  await addAccepted(uploads);
  const ends = now + 20_000;
  const [claim] = await uploads.claim(5, ends);
  if (!claim) throw new Error('it was due');
  now += 15_000;
  expect(await uploads.renew(new Map([[claim, ends]]), now + 20_000)).toEqual([claim]);
  now += 15_000;
  expect(await uploads.claim(5, now + 20_000)).toEqual([]);
  now += 5_000;
  expect(await uploads.claim(5, now + 20_000)).toMatchObject([{ id: 'upl_1', attempts: 2 }]);
  // The first one has come back, and does not get it.
  expect(await uploads.renew(new Map([[claim, now]]), now + 20_000)).toEqual([]);
});
