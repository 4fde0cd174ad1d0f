import { refusals } from '@coupon-media/apiv3';
import { expect, test } from 'vitest';
import { readConfig } from '../../dist/index.js';
import { callOf, composed } from './composed.js';

const PATH = '/v3/certificates';

test('certificates have their own quota: 429, signed, with Retry-After; the request may be sent again (case A14)', async () => {
  const { send } = await composed({ settings: readConfig({}, {}) });
  // A burst of twice the rate, plus what becomes available meanwhile. The test sends more than enough requests.
  const responses = await Promise.all(
    Array.from({ length: 60 }, async () => send(await callOf('GET', PATH, ''))),
  );
  const refused = responses.filter(({ status }) => status !== 200);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThan(60);
  for (const { status, headers, text, fault } of refused) {
    expect([status, fault, JSON.parse(text).code]).toEqual([429, undefined, refusals.rateExceeded.code]);
    expect(headers['Retry-After']).toBe('1');
  }
  const again = await callOf('GET', PATH, '');
  await expect.poll(async () => (await send(again)).status).toBe(200);
});

test('there is no such quota if uploads have none', async () => {
  const { send } = await composed();
  const responses = await Promise.all(
    Array.from({ length: 60 }, async () => send(await callOf('GET', PATH, ''))),
  );
  expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
});
