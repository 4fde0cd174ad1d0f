import { execFileSync } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { opened, pngOf } from './opened.js';
import { get, post } from './send.js';

const LATER = { Prefer: 'respond-async' };

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
