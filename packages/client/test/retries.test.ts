import {
  type ClientOptions,
  createClient,
  type Hooks,
  NetworkError,
  TimeoutError,
} from '@coupon-media/client';
import { describe, expect, test } from 'vitest';
import { retryDelay } from '../dist/retry.js';
import { png } from './images.js';
import { type Behaviour, IMAGE_URL, optionsFor, refusal, startService } from './service.js';

/** A client whose waits are recorded and take no time. */
async function slept(replies: Behaviour[], more: ClientOptions = {}) {
  const waits: number[] = [];
  const service = await startService(...replies);
  const effects = { random: () => 0, sleep: async (milliseconds: number) => void waits.push(milliseconds) };
  const client = createClient(optionsFor(service, { effects, ...more }));
  return { service, client, waits };
}

describe('an upload', () => {
  test.each([
    ['429', refusal(429, 'RATELIMIT_EXCEEDED')],
    ['500', refusal(500, 'SYSTEM_ERROR')],
    ['503 of a proxy', { status: 503, body: '<html>', signer: false as const }],
    ['a reset', 'reset' as const],
  ])('goes on after %s, waiting 1, 2 and 4 s', async (_, failure) => {
    const { service, client, waits } = await slept([failure, failure, failure, {}]);
    expect(await client.uploadImage(png(100_000))).toMatchObject({ imageUrl: IMAGE_URL });
    expect(waits).toEqual([1_000, 2_000, 4_000]);
    expect(service.received).toHaveLength(4);
  });

  test('is given up after three retries, with the last failure', async () => {
    const { service, client } = await slept([refusal(500, 'SYSTEM_ERROR')]);
    await expect(client.uploadImage(png())).rejects.toMatchObject({
      code: 'SYSTEM_ERROR',
      attempt: 4,
      verified: true,
    });
    expect(service.received).toHaveLength(4);
    const other = await slept(['reset']);
    await expect(other.client.uploadImage(png())).rejects.toMatchObject({
      code: 'NETWORK_FAILED',
      attempt: 4,
      sent: true,
    });
  });

  test('is signed again each time, so that no attempt is a replay', async () => {
    const { service, client } = await slept(['reset', refusal(429, 'X'), refusal(500, 'X'), {}]);
    await client.uploadImage(png());
    expect(service.received.every(({ signed }) => signed)).toBe(true);
    const nonces = service.received.map(({ authorization }) => authorization?.nonce);
    expect(new Set(nonces).size).toBe(4);
    const [first, ...others] = service.received.map(({ body }) => body.toString('latin1'));
    for (const other of others) expect(other).toBe(first);
  });

  test.each([
    [400, 'PARAM_ERROR'],
    [401, 'SIGN_ERROR'],
    [403, 'NO_AUTH'],
    [404, 'X'],
    [413, 'PARAM_ERROR'],
  ])('is not repeated after %s', async (status, code) => {
    const { service, client, waits } = await slept([refusal(status, code)]);
    await expect(client.uploadImage(png())).rejects.toMatchObject({ status, code });
    expect(waits).toEqual([]);
    expect(service.received).toHaveLength(1);
  });

  test('is not repeated after a forged response', async () => {
    const { service, client } = await slept([{ signer: false }]);
    await expect(client.uploadImage(png())).rejects.toMatchObject({ code: 'RESPONSE_FORGED' });
    expect(service.received).toHaveLength(1);
  });

  test('waits as long as Retry-After says, and gives up beyond a minute', async () => {
    const after = (value: string) => refusal(429, 'X', { headers: { 'Retry-After': value } });
    const patient = await slept([after('3'), after('0'), {}]);
    await patient.client.uploadImage(png());
    expect(patient.waits).toEqual([3_000, 2_000]);
    const hopeless = await slept([after('61')]);
    await expect(hopeless.client.uploadImage(png())).rejects.toMatchObject({ status: 429, retryAfter: 61 });
    expect(hopeless.waits).toEqual([]);
  });

  test('is repeated as often as `retries` says', async () => {
    const { service, client } = await slept(['reset'], { retries: 1 });
    await expect(client.uploadImage(png())).rejects.toMatchObject({ attempt: 2 });
    expect(service.received).toHaveLength(2);
  });

  test.each([
    ['as it begins to wait', (abort: () => void) => abort()],
    ['while it waits', (abort: () => void) => setTimeout(abort, 50)],
  ])('can be called off %s', async (_, when) => {
    const service = await startService('reset');
    const abort = new AbortController();
    const hooks: Hooks = { onRetry: () => when(() => abort.abort(new Error('changed my mind'))) };
    const options = optionsFor(service, { hooks, effects: undefined });
    await expect(createClient(options).uploadImage(png(), { signal: abort.signal })).rejects.toMatchObject({
      code: 'ABORTED',
      name: 'AbortError',
      cause: { message: 'changed my mind' },
    });
    expect(service.received).toHaveLength(1);
  });
});

describe('another request', () => {
  test('that must not happen twice is repeated only where nothing was done', async () => {
    const { service, client } = await slept([refusal(429, 'X'), 'reset']);
    await expect(client.request('POST', '/v3/x', {})).rejects.toMatchObject({ code: 'NETWORK_FAILED' });
    expect(service.received).toHaveLength(2);
    const other = await slept([refusal(500, 'SYSTEM_ERROR')]);
    await expect(other.client.request('POST', '/v3/x', {})).rejects.toMatchObject({ code: 'SYSTEM_ERROR' });
    expect(other.service.received).toHaveLength(1);
  });

  test.each([
    ['POST', { idempotent: true }, 2],
    ['POST', {}, 1],
    ['PATCH', {}, 1],
    ['GET', {}, 2],
    ['GET', { idempotent: false }, 1],
    ['PUT', {}, 2],
    ['DELETE', {}, 2],
  ])('%s %o: %i attempts', async (method, options, attempts) => {
    const { service, client } = await slept([refusal(500, 'SYSTEM_ERROR'), { body: '{}' }]);
    await client.request(method, '/v3/x', undefined, options).catch(() => {});
    expect(service.received).toHaveLength(attempts);
  });
});

describe('retryDelay', () => {
  const host = 'https://api.example';
  const info = { host, attempt: 1 };
  const answered = (status: number) => ({
    response: { ...info, status, headers: {}, rawBody: Buffer.alloc(0), requestId: undefined },
    evidence: {},
  });
  const broken = (sent: boolean) => ({
    error: new NetworkError({ 'zh-CN': '连接中断', en: 'broken' }, info, sent),
  });
  const late = (phase: 'connect' | 'send' | 'response') => ({ error: new TimeoutError(phase, 1, info) });
  const question = { attempt: 1, retries: 3, idempotent: true, retryAfter: undefined, random: 0 };

  test.each([
    [answered(200), false, false],
    [answered(302), false, false],
    [answered(400), false, false],
    [answered(401), false, false],
    [answered(403), false, false],
    [answered(429), true, true],
    [answered(500), true, false],
    [answered(502), true, false],
    [broken(false), true, true],
    [broken(true), true, false],
    [late('connect'), true, true],
    [late('send'), true, false],
    [late('response'), true, false],
  ])('%j: idempotent %s, else %s', (result, idempotent, otherwise) => {
    expect(retryDelay(result, question) !== undefined).toBe(idempotent);
    expect(retryDelay(result, { ...question, idempotent: false }) !== undefined).toBe(otherwise);
  });

  test.each([
    [1, 0, undefined, 1_000],
    [1, 0.999, undefined, 1_250],
    [2, 0.5, undefined, 2_250],
    [3, 0, undefined, 4_000],
    [4, 0, undefined, undefined],
    [1, 0, 60, 60_000],
    [1, 0, 61, undefined],
    [1, 0.4, 10, 11_000],
  ])('attempt %i, chance %f, Retry-After %s: %s ms', (attempt, random, retryAfter, delay) => {
    expect(retryDelay(answered(429), { ...question, attempt, random, retryAfter })).toBe(delay);
  });
});
