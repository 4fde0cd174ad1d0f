import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PublishRequest } from '@coupon-media/door';
import { openEmbeddedDatabase } from '@coupon-media/server';
import { expect, onTestFinished, test } from 'vitest';
import { openOutbox, upgradeRelay } from '../dist/index.js';
import { holdImages } from '../dist/uploads/held.js';
import { createPublisher } from '../dist/uploads/publisher.js';

/** What a node says to a caller whose upload another node carries out: it hears of it through the outbox alone. */
async function told(reason: string, deadline: number) {
  const folder = await mkdtemp(path.join(tmpdir(), 'coupon-media-given-back-'));
  const database = await openEmbeddedDatabase({ folder });
  await upgradeRelay(database);
  const outbox = await openOutbox(database);
  onTestFinished(async () => {
    await outbox.close();
    await database.close();
    await rm(folder, { recursive: true });
  });
  const lane = {
    ...{ wake: () => {}, isSlow: () => false, breaker: () => 0 as const, rest: () => 0 },
    perSecond: () => 20,
  };
  const publisher = createPublisher(outbox, () => lane, holdImages(), Date.now);
  const signal = AbortSignal.timeout(deadline);
  const answer = publisher.publish({ ...request(), signal }).catch((error: unknown) => error);
  const claimed = async () => outbox.claim('shop', 1, Date.now() + 60_000);
  await expect
    .poll(async () => {
      const [claim] = await claimed();
      if (claim) await outbox.retry(claim, Date.now() + 60_000, reason);
      return claim;
    })
    .toBeDefined();
  return { error: await answer, isEarly: !signal.aborted };
}

function request(): Omit<PublishRequest, 'signal'> {
  const sha256 = createHash('sha256').update(randomBytes(8)).digest('hex');
  const image = { sha256, kind: 'png', filename: 'a.png', bytes: 9, width: 1, height: 1 } as const;
  const upload = { ...image, merchant: 'shop', uploadedAt: 0, requestId: 'A' };
  return { account: 'shop', endpoint: 'product-coupon', upload, caller: '1900000001' };
}

test('what only the operator mends is said at once', async () => {
  const { error, isEarly } = await told('refusesUs SIGN_ERROR', 60_000);
  expect(error).toMatchObject({ name: 'PublishError', code: 'unavailable', retryAfter: undefined });
  expect(isEarly).toBe(true);
});

test('what may pass is said at the deadline, and is not taken for a turn that has not come', async () => {
  const { error, isEarly } = await told('away HTTP_502', 1_500);
  expect(error).toMatchObject({ name: 'PublishError', code: 'unavailable', retryAfter: 1 });
  expect(isEarly).toBe(false);
});

test("upstream's 429 is no trouble: the turn has not come", async () => {
  expect((await told('slowed', 1_500)).error).toMatchObject({ name: 'PublishError', code: 'waiting' });
});
