import { inspect } from 'node:util';
import { type ClientOptions, createClient, type Hooks } from '@coupon-media/client';
import { expect, test } from 'vitest';
import { png } from './images.js';
import {
  type Behaviour,
  type CannedResponse,
  merchant,
  optionsFor,
  refusal,
  startService,
} from './service.js';

/** A client that records every event. */
async function observed(replies: Behaviour[], more: ClientOptions = {}) {
  const service = await startService(...replies);
  const events: [string, object][] = [];
  const note = (name: string) => (event: object) => void events.push([name, event]);
  const hooks: Hooks = {
    onAttempt: note('attempt'),
    onAttemptEnd: note('end'),
    onRetry: note('retry'),
    onHostChange: note('host'),
  };
  return { service, events, client: createClient(optionsFor(service, { hooks, ...more })) };
}

test('events tell a call from its first attempt to its last', async () => {
  const { client, events, service } = await observed(['reset', refusal(429, 'X'), {}]);
  await client.uploadImage(png());
  const about = {
    method: 'POST',
    path: expect.stringMatching(/upload-image$/),
    host: service.baseUrl,
    call: expect.any(Number),
  };
  const ended = {
    ...about,
    milliseconds: expect.any(Number),
    requestId: expect.anything(),
    error: undefined,
  };
  const failed = { status: undefined, requestId: undefined, error: 'NETWORK_FAILED' };
  expect(events).toEqual([
    ['attempt', { ...about, attempt: 1 }],
    ['end', { ...about, ...failed, attempt: 1, milliseconds: expect.any(Number) }],
    ['retry', { ...about, ...failed, attempt: 1, delay: expect.any(Number) }],
    ['attempt', { ...about, attempt: 2 }],
    ['end', { ...ended, attempt: 2, status: 429 }],
    [
      'retry',
      {
        ...about,
        attempt: 2,
        status: 429,
        requestId: expect.anything(),
        error: undefined,
        delay: expect.any(Number),
      },
    ],
    ['attempt', { ...about, attempt: 3 }],
    ['end', { ...ended, attempt: 3, status: 200 }],
  ]);
  expect(new Set(events.map(([, event]) => 'call' in event && event.call)).size).toBe(1);
});

test('an attempt called off ends, too', async () => {
  const { client, events } = await observed(['hang']);
  await client.uploadImage(png(), { signal: AbortSignal.timeout(50) }).catch(() => {});
  expect(events.at(-1)).toMatchObject(['end', { error: 'ABORTED', status: undefined }]);
});

test('a hook that throws becomes a warning and changes nothing', async () => {
  const service = await startService();
  const warned = new Promise((resolve) => process.once('warning', resolve));
  const hooks: Hooks = {
    onAttempt() {
      throw new Error('the log is full');
    },
  };
  await createClient(optionsFor(service, { hooks })).uploadImage(png());
  expect(await warned).toMatchObject({ message: 'the log is full' });
});

/** Everything that must not be visible: parts of the private key, authorisation headers, names of people. */
function secretsOf(authorization: string | undefined): string[] {
  const keyLines = merchant.privatePem.split('\n').slice(1, -2);
  const signature = /signature="([^"]+)"/.exec(authorization ?? '')?.[1] ?? 'absent';
  return [...keyLines, signature, signature.slice(0, 20), 'nonce_str=', 'ID-CARD-NUMBER'];
}

const failures: [string, Behaviour][] = [
  ['a refusal', refusal(401, 'SIGN_ERROR')],
  ['a forged response', { signer: false }],
  ['a malformed response', { body: 'x' } satisfies CannedResponse],
  ['a broken connection', 'reset'],
  ['a time-out', 'hang'],
];

test.each(failures)('no event and no error carries a secret: %s', async (_, reply) => {
  const { client, events, service } = await observed([reply], {
    deadlines: { response: 60 },
    apiV3Key: 'ID-CARD-NUMBER'.padEnd(32),
  });
  const errors = [
    await client.request('GET', '/v3/x?id_card=ID-CARD-NUMBER').catch((error: unknown) => error),
    await client.uploadImage(png()).catch((error: unknown) => error),
  ];
  expect(events.length).toBeGreaterThan(0);
  const seen = inspect([events, errors], { depth: 12, showHidden: true });
  for (const { headers } of service.received) {
    expect(secretsOf(headers.authorization).filter((secret) => seen.includes(secret))).toEqual([]);
  }
});
