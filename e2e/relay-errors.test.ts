// The table of docs/relay.md, "Honest errors": each row at both doors, with the alarm that its operator sees. Takes 25 s: what waits for deadlines
// waits side by side.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSigner, loadPrivateKey, type RefusalName, signResponse } from '@coupon-media/apiv3';
import type { FaultName, FaultRule, Sandbox } from '@coupon-media/sandbox';
import { openEmbeddedMerchants } from '@coupon-media/server';
import { expect, onTestFinished, test, vi } from 'vitest';
import { makeImage } from './support/images.js';
import { relayOfTest, type TestRelay } from './support/relay.js';
import { profileOf, sandboxOfTest } from './support/sandbox.js';

vi.setConfig({ testTimeout: 120_000 });

let numbers = 3_000;

/** An image that no test had before. */
function newImage(): Promise<Buffer> {
  numbers += 1;
  return makeImage('png', numbers);
}

/** The filenames of the uploads that reached upstream. */
function uploads(upstream: Sandbox): (string | undefined)[] {
  return upstream.requests.filter(({ upload }) => upload).map(({ upload }) => upload?.filename);
}

/** The codes of the alarms that the log has. */
function alarms({ log }: TestRelay): unknown[] {
  return log.map((line) => JSON.parse(line).alarm).filter((alarm) => alarm !== undefined);
}

/** A relay whose callers wait 3 s, with a token for its plain door. */
async function relayOf(upstream: Sandbox, profile = upstream.credentialsPath) {
  const shop = { profile, deadlines: { response: 3_000, total: 3_000 } };
  const relay = await relayOfTest(upstream, {
    accounts: { shop },
    settings: { callerDeadlineSeconds: 3 },
  });
  const token = await relay.createToken();
  return { relay, upload: (image: Buffer, filename: string) => send(relay, token, image, filename) };
}

/** Uploads by the plain door. @returns status, Retry-After and body */
async function send({ baseUrl }: TestRelay, token: string, image: Buffer, filename: string) {
  const answer = await fetch(`${baseUrl}/v1/images?filename=${filename}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'image/png' },
    body: new Uint8Array(image),
  });
  const body: unknown = await answer.json();
  return { status: answer.status, retryAfter: Number(answer.headers.get('retry-after')), body };
}

/** Uploads an image by the APIv3 door. @returns the error */
async function refusalOf({ client }: TestRelay, image: Buffer) {
  const refused = client.uploadImage(image, { filename: 'by-apiv3.png' });
  await expect(refused).rejects.toMatchObject({ name: 'ApiError', verified: true });
  return refused.catch((error) => error);
}

test.each<[RefusalName, number, string, string, string[]]>([
  ['imageHeaderBroken', 400, 'INVALID_REQUEST', 'upstream-refused-image', []],
  ['permissionMissing', 403, 'NO_AUTH', 'upstream-refused-permission', ['UPSTREAM_FORBIDDEN']],
])("what upstream says is the caller's to read: %s", async (refusal, status, code, problem, alarm) => {
  const upstream = await sandboxOfTest();
  const { relay, upload } = await relayOf(upstream);
  upstream.faults.add({ response: { refusal, language: 'zh-CN' } });
  const error = await refusalOf(relay, await newImage());
  const [asked] = upstream.requests;
  const upstreamId = String(asked?.response?.headers['Request-ID']);
  const { message } = JSON.parse(String(asked?.response?.body));
  expect(error).toMatchObject({ status, code, detail: { upstream_request_id: upstreamId } });
  expect(JSON.parse(error.rawBody.toString()).message).toBe(message);
  expect(error.requestId).not.toBe(upstreamId);
  expect(error.requestId.split('-')[1]).toBe(upstreamId.split('-')[1]);
  expect(await upload(await newImage(), 'by-token.png')).toMatchObject({
    status,
    body: { code: problem, upstream: { status, code, message, request_id: expect.any(String) } },
  });
  expect(alarms(relay)).toEqual(alarm);
  // It was refused, not recorded: the next one asks again.
  upstream.faults.clear();
  expect(await upload(await newImage(), 'next.png')).toMatchObject({ status: 200 });
});

const FORGED: readonly FaultName[] = ['UNSIGNED', 'SIGNATURE_WRONG', 'PROXY_PAGE'];
const TROUBLES: readonly [string, FaultRule['response'], number, string][] = [
  ['the signature is refused', { refusal: 'signatureWrong' }, 500, 'UPSTREAM_SIGN_ERROR'],
  ['the certificate was revoked', { refusal: 'certificateRevoked' }, 500, 'UPSTREAM_SIGN_ERROR'],
  ['the certificate has expired', { refusal: 'certificateExpired' }, 500, 'UPSTREAM_SIGN_ERROR'],
  ...FORGED.map(
    (fault) => [`${fault}`, { fault }, 503, 'UPSTREAM_FORGED'] as [string, object, number, string],
  ),
  ['upstream is away', { fault: 'CONNECTION_REFUSED' }, 503, 'UPSTREAM_UNREACHABLE'],
  ['the answer is cut off', { fault: 'BODY_CUT_SHORT' }, 503, 'UPSTREAM_UNREACHABLE'],
  ['a gateway answers', { fault: 'BAD_GATEWAY' }, 503, 'UPSTREAM_UNREACHABLE'],
  ['upstream hangs', { fixedDelayMilliseconds: 20_000 }, 503, 'UPSTREAM_UNREACHABLE'],
];
test("the relay's own trouble is never the caller's mistake", async () => {
  const worlds = await Promise.all(
    TROUBLES.map(async ([what, response, status, alarm]) => {
      const upstream = await sandboxOfTest();
      return { what, response, status, alarm, upstream, ...(await relayOf(upstream)) };
    }),
  );
  await Promise.all(
    worlds.map(async ({ what, response, status, alarm, upstream, relay, upload }) => {
      upstream.faults.add({ response });
      const image = await newImage();
      const [error, answer] = await Promise.all([
        refusalOf(relay, image),
        upload(await newImage(), 'by-token.png'),
      ]);
      expect(error, what).toMatchObject({ status, code: 'SYSTEM_ERROR' });
      expect(error.retryAfter === undefined, what).toBe(status === 500);
      expect(answer, what).toMatchObject({ status: 503, body: { code: 'upstream-unavailable' } });
      expect(answer.retryAfter, what).toBeGreaterThan(0);
      await expect.poll(() => alarms(relay), { message: what }).toContain(alarm);
      // What was wished goes on without its caller, once upstream is there again.
      upstream.faults.clear();
      const again = async () => (await upload(image, 'later.png')).status;
      await expect.poll(again, { timeout: 60_000, message: what }).toBe(200);
      expect(uploads(upstream), what).toContain('by-apiv3.png');
      expect(uploads(upstream), what).not.toContain('later.png');
    }),
  );
});

test("upstream's 429 is a turn that has not come, and its Retry-After is told", async () => {
  const upstream = await sandboxOfTest();
  const { relay, upload } = await relayOf(upstream);
  upstream.faults.add({ response: { refusal: 'rateExceeded' } });
  const [error, answer] = await Promise.all([
    refusalOf(relay, await newImage()),
    upload(await newImage(), 'by-token.png'),
  ]);
  expect(error).toMatchObject({ status: 429, code: 'RATELIMIT_EXCEEDED' });
  expect(error.retryAfter).toBeGreaterThan(0);
  expect(answer).toMatchObject({ status: 429, body: { code: 'turn-not-reached' } });
  expect(answer.retryAfter).toBeGreaterThan(0);
  expect(alarms(relay)).toEqual([]);
  upstream.faults.clear();
});

const UNUSABLE = [
  ['no https', '{"image_url":"ftp://images.example/a.png"}'],
  ['longer than 256 characters', `{"image_url":"https://images.example/${'a'.repeat(256)}.png"}`],
  ['none', '{}'],
] as const;
test('a URL that could not stand in a coupon is given to nobody', async () => {
  await Promise.all(
    UNUSABLE.map(async ([what, body]) => {
      const upstream = await sandboxOfTest();
      const profile = await profileOf(upstream, await signing(upstream, body));
      const { relay, upload } = await relayOf(upstream, profile);
      const [error, answer] = await Promise.all([
        refusalOf(relay, await newImage()),
        upload(await newImage(), 'by-token.png'),
      ]);
      expect(error, what).toMatchObject({ status: 503, code: 'SYSTEM_ERROR' });
      expect(answer, what).toMatchObject({ status: 503, body: { code: 'upstream-unavailable' } });
      expect(alarms(relay), what).toContain('UPSTREAM_ANSWER');
    }),
  );
});

/** Starts an upstream that has the keys of a sandbox, and answers every upload with one body. @returns its address, for a profile */
async function signing({ folder }: Sandbox, body: string): Promise<{ baseUrl: string }> {
  const records = await openEmbeddedMerchants({ folder });
  const key = (await records.platformKeys()).find(({ kind }) => kind === 'public-key');
  await records.close();
  if (!key) throw new Error('a sandbox has a public key');
  const signer = createSigner(key.id, loadPrivateKey(key.privateKeyPem));
  const server = createServer((incoming, response) => {
    incoming.resume().on('end', async () => {
      const parts = { timestamp: Math.floor(Date.now() / 1000), nonce: 'a'.repeat(32), body };
      const signature = await signResponse({ scheme: 'merchant', signer, ...parts });
      response.writeHead(200, { 'Content-Type': 'application/json', ...signature }).end(body);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
