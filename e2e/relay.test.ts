import type { RefusalName } from '@coupon-media/apiv3';
import { createClient } from '@coupon-media/client';
import type { FaultName, FaultRule, Sandbox } from '@coupon-media/sandbox';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeImage } from './support/images.js';
import { relayOfTest, type TestRelay } from './support/relay.js';
import { sandboxOfTest } from './support/sandbox.js';

let numbers = 0;

/** An image that no test had before. */
function newImage(): Promise<Buffer> {
  numbers += 1;
  return makeImage('png', numbers);
}

/** The uploads that reached upstream, by their filenames. */
function uploads(upstream: Sandbox): (string | undefined)[] {
  return upstream.requests.filter(({ upload }) => upload).map(({ upload }) => upload?.filename);
}

/** The codes of the alarms that the log has. */
function alarms({ log }: TestRelay): unknown[] {
  return log.map((line) => JSON.parse(line).alarm).filter((alarm) => alarm !== undefined);
}

test("an upload gives upstream's own URL; the same bytes reuse it, from another process too", async () => {
  const upstream = await sandboxOfTest();
  const { client, folder, stop } = await relayOfTest(upstream);
  const image = await newImage();
  const first = await client.uploadImage(image, { filename: 'first.png' });
  expect(first.imageUrl.startsWith(upstream.credentials.baseUrl)).toBe(true);
  expect((await client.uploadImage(image, { filename: 'second.png' })).imageUrl).toBe(first.imageUrl);
  await stop();
  const later = await relayOfTest(upstream, { folder });
  expect((await later.client.uploadImage(image, { filename: 'third.png' })).imageUrl).toBe(first.imageUrl);
  expect(uploads(upstream)).toEqual(['first.png']);
});

test('a hundred callers at the same moment make one upload', async () => {
  const upstream = await sandboxOfTest();
  const { baseUrl, callerProfile } = await relayOfTest(upstream);
  const client = createClient({ profile: callerProfile, baseUrl, retries: 0, limit: { concurrent: 100 } });
  const image = await newImage();
  const urls = await Promise.all(
    Array.from(
      { length: 100 },
      async (_, at) => (await client.uploadImage(image, { filename: `${at}.png` })).imageUrl,
    ),
  );
  expect(new Set(urls).size).toBe(1);
  expect(uploads(upstream)).toHaveLength(1);
  await client.close();
});

test('the digest that goes upstream is the one that was received', async () => {
  const upstream = await sandboxOfTest();
  const { client } = await relayOfTest(upstream);
  const { sha256 } = await client.uploadImage(await newImage());
  expect(upstream.requests.find(({ upload }) => upload)?.upload?.sha256).toBe(sha256);
});

describe('what upstream says of the image or the permission is what the caller reads', () => {
  test.each([
    ['permissionMissing', 403, 'NO_AUTH'],
    ['imageHeaderBroken', 400, 'INVALID_REQUEST'],
  ] as const)('%s', async (refusal: RefusalName, status, code) => {
    const upstream = await sandboxOfTest();
    const { client } = await relayOfTest(upstream);
    upstream.faults.add({ response: { refusal, language: 'zh-CN' } });
    const refused = client.uploadImage(await newImage());
    await expect(refused).rejects.toMatchObject({ name: 'ApiError', status, code, verified: true });
    const error = await refused.catch((caught) => caught);
    const [asked] = upstream.requests;
    const upstreamId = String(asked?.response?.headers['Request-ID']);
    expect(error).toMatchObject({ detail: { upstream_request_id: upstreamId } });
    expect(JSON.parse(error.rawBody.toString()).message).toBe(
      JSON.parse(String(asked?.response?.body)).message,
    );
    expect(error.requestId).not.toBe(upstreamId);
    expect(error.requestId.split('-')[1]).toBe(upstreamId.split('-')[1]);
    // It was refused, not recorded: the next one asks again.
    upstream.faults.clear();
    await client.uploadImage(await newImage());
  });
});

describe("the relay's own trouble is never the caller's mistake", () => {
  let upstream: Sandbox;
  let relay: TestRelay;
  beforeEach(async () => {
    upstream = await sandboxOfTest();
    const shop = { profile: upstream.credentialsPath, deadlines: { response: 3_000, total: 3_000 } };
    relay = await relayOfTest(upstream, { accounts: { shop }, settings: { callerDeadlineSeconds: 3 } });
  });

  const FORGED: readonly FaultName[] = ['UNSIGNED', 'SIGNATURE_WRONG', 'PROXY_PAGE'];
  test.each<[string, FaultRule['response'], number, string]>([
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
  ])('%s', async (_, response, status, alarm) => {
    upstream.faults.add({ response });
    const image = await newImage();
    const refused = relay.client.uploadImage(image, { filename: 'wished.png' });
    await expect(refused).rejects.toMatchObject({
      name: 'ApiError',
      status,
      code: 'SYSTEM_ERROR',
      verified: true,
    });
    const { retryAfter } = await refused.catch((caught) => caught);
    expect(retryAfter === undefined).toBe(status === 500);
    await expect.poll(() => alarms(relay)).toContain(alarm);
    // What was wished goes on without its caller, once upstream is there again.
    upstream.faults.clear();
    await expect
      .poll(
        () =>
          relay.client.uploadImage(image, { filename: 'later.png' }).then(
            () => 'URL',
            () => 'none',
          ),
        { timeout: 20_000 },
      )
      .toBe('URL');
    expect(uploads(upstream).at(-1)).toBe('wished.png');
  });
});

test('readiness does not depend on upstream, and says how it is', async () => {
  const upstream = await sandboxOfTest();
  const { baseUrl, client } = await relayOfTest(upstream);
  await client.uploadImage(await newImage());
  expect(await (await fetch(`${baseUrl}/readyz`)).json()).toEqual({
    status: 'ready',
    upstream: { shop: 'closed' },
  });
});

test('a merchant without a grant has no account', async () => {
  const upstream = await sandboxOfTest();
  const accounts = { shop: { profile: upstream.credentialsPath, callers: ['1999999999'] } };
  const { client } = await relayOfTest(upstream, { accounts });
  await expect(client.uploadImage(await newImage())).rejects.toMatchObject({
    status: 403,
    code: 'NO_AUTH',
    verified: true,
  });
  expect(uploads(upstream)).toEqual([]);
});
