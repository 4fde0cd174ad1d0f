import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openOutbox, upgradeRelay, type Wish, type WishWithImage } from '@coupon-media/relay';
import { openEmbeddedEngines } from '@coupon-media/server';
import { expect, onTestFinished, test } from 'vitest';
import { ANSWER, digestOf, settled, wishOf } from './contract.js';

/** Milliseconds: far away, and never waited for. */
const LATER = 600_000;

/** A folder with its outbox. `next` is the next process. */
async function opened() {
  const folder = await mkdtemp(path.join(tmpdir(), 'coupon-media-with-image-'));
  const closing: (() => Promise<void>)[] = [];
  async function close() {
    for (const step of closing.splice(0)) await step();
  }
  async function next() {
    await close();
    const engines = await openEmbeddedEngines({ data: folder }, Date.now, { warn: () => undefined });
    closing.push(engines.close);
    await upgradeRelay(engines.database);
    const outbox = await openOutbox(engines.database);
    closing.unshift(outbox.close);
    const { withImage } = outbox;
    if (!withImage) throw new Error('the outbox of one folder adds wishes with their images');
    const claim = () => outbox.claim('shop', 10, Date.now() + LATER);
    return { outbox, withImage, claim, store: (wish: Wish) => stored(wish, withImage) };

    /** Stores the image of a wish, and adds the wish in its commit. */
    async function stored(wish: Wish, { wishing }: WishWithImage) {
      const bytes = Buffer.from(wish.filename);
      const draft = engines.images.draft();
      await draft.write(bytes);
      const { kind, filename, sha256 } = wish;
      const size = { bytes: bytes.length, width: 1, height: 1 };
      const upload = { merchant: 'shop', kind, filename, sha256, ...size, uploadedAt: 1, requestId: 'A' };
      const [rows = []] = await draft.commit(upload, wishing(wish));
      return rows;
    }
  }
  onTestFinished(async () => {
    await close();
    await rm(folder, { recursive: true });
  });
  return { ...(await next()), next };
}

/** A wish whose image is its filename. */
function imageWish(filename: string, changes: Partial<Wish> = {}): Wish {
  return wishOf({ filename, sha256: digestOf(filename), bytes: Buffer.byteLength(filename), ...changes });
}

test('a wish is pending once its image is stored, even if the process ends before it is told', async () => {
  const { store, claim, next } = await opened();
  const wish = imageWish('killed.png');
  expect(await store(wish)).toHaveLength(1);
  expect(await claim()).toEqual([]);
  const after = await next();
  expect(await after.claim()).toMatchObject([wish]);
});

test('of several callers with the same bytes one makes the claim, whoever is told first', async () => {
  const { store, withImage, outbox, claim } = await opened();
  const wish = imageWish('same.png');
  const [first, second] = [wish, { ...wish, caller: 'another' }];
  const rows = await Promise.all([store(first), store(second)]);
  expect(rows.map(({ length }) => length).sort()).toEqual([0, 1]);
  const told = [withImage.wished(second, rows[1] ?? []), withImage.wished(first, rows[0] ?? [])];
  expect(await Promise.all(told)).toEqual([undefined, undefined]);
  const claims = await claim();
  expect(claims).toHaveLength(1);
  const waiting = settled(outbox, wish);
  for (const one of claims) await outbox.record(one, ANSWER);
  expect(await waiting).toMatchObject(ANSWER);
  expect(await withImage.wished(wish, await store(wish))).toMatchObject(ANSWER);
  expect(await claim()).toEqual([]);
});

test('a wish that was refused between its image and its being told is a new one', async () => {
  const { store, withImage, outbox, claim } = await opened();
  const wish = imageWish('refused.png');
  await withImage.wished(wish, await store(wish));
  const [held] = await claim();
  const none = await store(wish);
  expect(none).toEqual([]);
  if (held) await outbox.refuse(held, 'no');
  expect(await withImage.wished(wish, none)).toBeUndefined();
  expect(await claim()).toMatchObject([wish]);
});

test('a wish in the commit after a refusal stays, although the refusal has not been told yet', async () => {
  const { store, withImage, outbox, claim } = await opened();
  const wish = imageWish('beside.png');
  await withImage.wished(wish, await store(wish));
  const [held] = await claim();
  const refused = held && outbox.refuse(held, 'no');
  const rows = await store({ ...wish, caller: 'another' });
  const told = withImage.wished({ ...wish, caller: 'another' }, rows);
  await refused;
  expect(await told).toBeUndefined();
  expect(await outbox.backlog()).toMatchObject({ pending: rows.length });
  expect(await claim()).toHaveLength(rows.length);
});
