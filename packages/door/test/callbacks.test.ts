import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { openEmbeddedDatabase } from '@coupon-media/server';
import { expect, onTestFinished, test } from 'vitest';
import { createCallbacks } from '../dist/later/callbacks.js';
import { openCallbackSigner } from '../dist/later/signature.js';
import { createLaterUploads } from '../dist/later/uploads.js';
import { addAccepted } from './accepted.js';
import { type Opened, opened, pngOf } from './opened.js';
import { get, post } from './send.js';

const LATER = { Prefer: 'respond-async' };

/** Uploads an image that is told to an address. @returns the path of the upload */
async function uploadFor(url: string, bearer: string, callback: string): Promise<string> {
  const target = `${url}/v1/images?callback=${encodeURIComponent(callback)}`;
  const accepted = await post(target, bearer, pngOf(100), LATER);
  expect(accepted.status).toBe(202);
  return accepted.headers.get('location') ?? '';
}

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
  const location = `${url}${await uploadFor(url, bearer, target)}`;
  await expect.poll(async () => (await get(location, bearer)).body).toMatchObject({ callback: 'delivered' });
  expect(receiver.received).toHaveLength(2);
  const [{ headers, body } = { headers: {}, body: '' }] = receiver.received;
  expect(JSON.parse(body)).toMatchObject({ state: 'done', image: { image_url: expect.any(String) } });
  const jwk = (await (await fetch(`${url}/v1/callback-key`)).json()) as { kid: string };
  expect(headers['signature-input']).toContain(`keyid="${jwk.kid}"`);
  const isSigned = await programOfDocument();
  const bytes = Buffer.from(body);
  expect(isSigned(headers, bytes, target, jwk)).toBe(true);
  expect(isSigned(headers, Buffer.from(body.replace('done', 'lost')), target, jwk)).toBe(false);
  expect(isSigned(headers, bytes, `${receiver.url}/hooks/images?shop=2`, jwk)).toBe(false);
  const later = String(headers['signature-input']).replace(/created=\d+/, `created=${2 ** 32}`);
  expect(isSigned({ ...headers, 'signature-input': later }, bytes, target, jwk)).toBe(false);
});

test('a redirect, a refusal and an error are tried again, later each time, by the service that comes after as well', async () => {
  const elsewhere = await receiverThat([]);
  const redirect = { status: 302, location: `${elsewhere.url}/hooks` };
  const receiver = await receiverThat([redirect, 410, 500, 204]);
  const allowed = [`${receiver.url}/hooks`, `${elsewhere.url}/hooks`];
  let now = Date.now();
  const options = { callbacks: { allowed, ca: `${receiver.ca}${elsewhere.ca}` }, now: () => now };
  let door = await opened(options);
  const bearer = await door.token();
  const location = await uploadFor(door.url, bearer, `${receiver.url}/hooks`);
  for (const pause of [1_000, 2_000, 4_000]) {
    await expect.poll(() => nextTry(door), { interval: 200 }).toBe(now + pause);
    if (pause === 2_000) {
      await door.close();
      door = await opened(options, door.folder);
    }
    now += pause;
  }
  const told = async () => (await get(`${door.url}${location}`, bearer)).body;
  await expect.poll(told).toMatchObject({ state: 'done', callback: 'delivered' });
  expect(receiver.received).toHaveLength(4);
  expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
  expect(elsewhere.received).toEqual([]);
  expect(door.publisher.asked).toEqual([]);
});

test('a receiver that does not answer, and one that is another than the name says, have not taken it', async () => {
  const { folder } = await opened();
  const database = await openEmbeddedDatabase({ folder });
  onTestFinished(() => database.close());
  const upload = await addAccepted(createLaterUploads(database, Date.now));
  const delivered = async ({ url, ca }: Receiver, deadline: number) => {
    const signer = await openCallbackSigner(database, Date.now);
    const callbacks = createCallbacks({ allowed: [url], ca }, signer, async () => ({}), deadline);
    return callbacks.deliver({ ...upload, callback: `${url}/` }, new AbortController().signal);
  };
  const silent = await receiverThat(['nothing']);
  expect(await delivered(silent, 1_500)).toBe(false);
  expect(silent.received).toHaveLength(1);
  // The name leads to this machine, as any name may whose owner says so; what listens there has the certificate of another name.
  const other = await receiverThat([204], 'other.example');
  expect(await delivered(other, 10_000)).toBe(false);
  expect(other.received).toEqual([]);
  expect(await delivered(await receiverThat([204]), 10_000)).toBe(true);
});

test('a callback without respond-async is a mistake', async () => {
  const { url, token } = await opened();
  const refused = await post(`${url}/v1/images?callback=https%3A%2F%2Fa.example`, await token(), pngOf(100));
  expect(refused.body).toMatchObject({ status: 400, code: 'parameter-invalid' });
});

/** The program of docs/relay.md that verifies callbacks. */
async function programOfDocument(): Promise<
  (headers: Readonly<Record<string, unknown>>, body: Buffer, target: string, jwk: object) => boolean
> {
  const [, program = ''] = /^```js\n(.*?)^```$/ms.exec(readFileSync('docs/relay.md', 'utf8')) ?? [];
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'coupon-media-program-')), 'is-signed.mjs');
  writeFileSync(file, program);
  return (await import(pathToFileURL(file).href)).isSigned;
}

/** When the only upload of a door is tried again: Unix milliseconds. */
async function nextTry({ folder }: Opened): Promise<unknown> {
  const database = await openEmbeddedDatabase({ folder });
  const [row] = await database.read({ text: 'select next_at from door_upload', values: [] });
  await database.close();
  return row?.next_at;
}

interface Receiver {
  readonly url: string;
  readonly ca: string;
  readonly received: { headers: Record<string, unknown>; body: string }[];
}

/** A status; a redirect; or no answer at all. */
type Reception = number | { readonly status: number; readonly location: string } | 'nothing';

/**
 * @param receptions what it answers with, one after another; then 204
 * @param name that its certificate is for; it is called `localhost`
 */
async function receiverThat(receptions: readonly Reception[], name = 'localhost'): Promise<Receiver> {
  const folder = mkdtempSync(path.join(tmpdir(), 'coupon-media-receiver-'));
  const [key, cert] = ['key.pem', 'cert.pem'].map((file) => path.join(folder, file)) as [string, string];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const of = ['-days', '2', '-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
  execFileSync('openssl', [...made, ...of, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const ca = readFileSync(cert, 'utf8');
  const received: Receiver['received'] = [];
  const server: Server = createServer({ key: readFileSync(key), cert: ca }, (incoming, response) => {
    let body = '';
    incoming.setEncoding('utf8').on('data', (more: string) => {
      body += more;
    });
    incoming.on('end', () => {
      received.push({ headers: incoming.headers, body });
      const reception = receptions[received.length - 1] ?? 204;
      if (reception === 'nothing') return;
      if (typeof reception === 'number') response.writeHead(reception).end();
      else response.writeHead(reception.status, { Location: reception.location }).end();
    });
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `https://localhost:${(server.address() as AddressInfo).port}`, ca, received };
}
