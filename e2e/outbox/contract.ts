import { createHash, randomUUID } from 'node:crypto';
import type { Claim, Outbox, Settled, UploadKey, Wish } from '@coupon-media/relay';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

/** An outbox with an empty table, and what stands beside it. */
export interface OpenOutboxes {
  readonly outbox: Outbox;
  /** The outbox of another node; of the next process where only one has it. */
  other(): Promise<Outbox>;
  end(): Promise<void>;
}

export const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');

/** A wish that no test made before. */
export function wishOf(changes: Partial<Wish> = {}): Wish {
  return {
    account: 'shop',
    endpoint: 'product-coupon',
    sha256: digestOf(randomUUID()),
    kind: 'png',
    filename: '封面.png',
    bytes: 1234,
    caller: '1900000001',
    since: 1_700_000_000_000,
    ...changes,
  };
}

export const ANSWER = {
  value: 'https://wxpaylogo.qpic.cn/wxpaylogo/abc/0',
  upstreamRequestId: '08F78BB5AF0610D302189FE6ED01-0',
  at: 1_700_000_001_000,
};

/** What a caller of this node who waits for a key receives. */
export function settled(outbox: Outbox, key: UploadKey): Promise<Settled> {
  return new Promise((resolve) => {
    outbox.follow(key, { settled: resolve });
  });
}

/** Milliseconds: far away, and never waited for. */
const LATER = 600_000;

/** What every outbox does, whichever engine it stands on. */
export function outboxContract(name: string, open: (clock?: () => number) => Promise<OpenOutboxes>): void {
  describe(`the outbox of ${name}`, () => {
    let opened: OpenOutboxes;
    let outbox: Outbox;
    beforeEach(async () => {
      opened = await open();
      ({ outbox } = opened);
    });
    afterEach(() => opened.end());

    const claim = (most: number, account = 'shop') => outbox.claim(account, most, Date.now() + LATER);
    const keyOf = ({ account, endpoint, sha256 }: Wish): UploadKey => ({ account, endpoint, sha256 });

    const placeOf = (wish: Wish | undefined) => wish && outbox.place(wish);

    async function claimOne(wish: Wish): Promise<Claim> {
      expect(await outbox.wish(wish)).toBeUndefined();
      const [claimed] = await claim(1);
      expect(claimed).toMatchObject(wish);
      return claimed as Claim;
    }

    test('gives a wish to one claim, and what was recorded to all who ask', async () => {
      const wish = wishOf();
      const claimed = await claimOne(wish);
      expect(claimed.attempts).toBe(0);
      expect(await claim(10)).toEqual([]);
      const waiting = settled(outbox, wish);
      expect(await outbox.wish({ ...wish, caller: 'another', filename: 'other.png' })).toBeUndefined();
      const recorded = { ...keyOf(wish), ...ANSWER };
      expect(await outbox.record(claimed, ANSWER)).toEqual(recorded);
      expect(await waiting).toEqual(recorded);
      expect(await outbox.recorded(wish)).toEqual(recorded);
      expect(await outbox.wish(wish)).toEqual(recorded);
      expect(await claim(10)).toEqual([]);
      expect(await outbox.backlog()).toEqual({ pending: 0, oldest: undefined });
    });

    test('keeps accounts and endpoints apart', async () => {
      const wish = wishOf();
      await outbox.record(await claimOne(wish), ANSWER);
      for (const apart of [{ account: 'other' }, { endpoint: 'favor' as const }]) {
        const other = { ...wish, ...apart };
        expect(await outbox.recorded(other)).toBeUndefined();
        expect(await outbox.wish(other)).toBeUndefined();
        const [claimed] = await claim(1, other.account);
        expect(claimed).toMatchObject(other);
      }
    });

    test('makes one claim of a hundred equal wishes at the same moment', async () => {
      const wish = wishOf();
      const asked = await Promise.all(
        Array.from({ length: 100 }, (_, n) => outbox.wish({ ...wish, caller: `${n}` })),
      );
      expect(asked.every((recorded) => recorded === undefined)).toBe(true);
      const claims = await Promise.all([claim(50), claim(50), claim(50)]);
      expect(claims.flat()).toHaveLength(1);
    });

    test('gives callers turns, however many wishes each has', async () => {
      const greedy = Array.from({ length: 20 }, () => wishOf({ caller: 'greedy' }));
      await Promise.all(greedy.map((wish) => outbox.wish(wish)));
      await claim(4);
      const modest = [wishOf({ caller: 'modest' }), wishOf({ caller: 'modest' })];
      for (const wish of modest) await outbox.wish(wish);
      const single = wishOf({ caller: 'single' });
      await outbox.wish(single);
      const callers = (await claim(6)).map(({ caller }) => caller);
      expect(callers.filter((caller) => caller === 'single')).toHaveLength(1);
      expect(callers.filter((caller) => caller === 'modest')).toHaveLength(2);
      const places = await Promise.all([greedy[9], greedy[19], modest[1], single].map(placeOf));
      expect(places).toEqual([10, 20, 2, 1].map((own) => ({ own, callers: 3 })));
      // Who has been busy does not pay for it later.
      for (const claimed of await claim(100)) await outbox.record(claimed, ANSWER);
      await outbox.wish(wishOf({ caller: 'greedy' }));
      for (const _ of Array.from({ length: 5 })) await outbox.wish(wishOf({ caller: 'fresh' }));
      expect((await claim(2)).map(({ caller }) => caller)).toContain('greedy');
    });

    test('takes the turn of whoever comes first to it, and the filename of whoever wished it first', async () => {
      const batch = Array.from({ length: 20 }, () => wishOf({ caller: 'batch' }));
      for (const wish of batch) await outbox.wish(wish);
      const wanted = batch[19] as Wish;
      expect(await outbox.wish({ ...wanted, caller: 'operator', filename: 'other.png' })).toBeUndefined();
      const soon = await claim(3);
      expect(soon.map(({ sha256 }) => sha256)).toContain(wanted.sha256);
      expect(soon.map(({ filename }) => filename)).not.toContain('other.png');
      expect(await claim(100)).toHaveLength(17);
    });

    test('ends a claim by time, and knows it by its number from then on', async () => {
      const wish = wishOf();
      await outbox.wish(wish);
      const [first] = await outbox.claim('shop', 1, Date.now() + 50);
      const second = await taken();
      expect(second).toMatchObject({ ...wish, attempts: 1 });
      expect(await outbox.renew(first as Claim, Date.now() + LATER)).toBe(false);
      expect(await outbox.renew(second, Date.now() + LATER)).toBe(true);
      await outbox.retry(first as Claim, 0, 'late');
      await outbox.refuse(first as Claim, 'late');
      expect(await claim(1)).toEqual([]);
      // An answer that was verified counts, whoever has the claim; what was recorded first stands.
      await outbox.record(first as Claim, ANSWER);
      expect((await outbox.record(second, { ...ANSWER, value: 'https://other.example/1' })).value).toBe(
        ANSWER.value,
      );
    });

    test('keeps a claim that is renewed', async () => {
      const wish = wishOf();
      await outbox.wish(wish);
      const [held] = await outbox.claim('shop', 1, Date.now() + 400);
      expect(await outbox.renew(held as Claim, Date.now() + LATER)).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(await claim(1)).toEqual([]);
    });

    test('holds a claim through a step of the clock', async () => {
      let step = 0;
      const stepped = await open(() => Date.now() + step);
      try {
        await stepped.outbox.wish(wishOf());
        const [held] = await stepped.outbox.claim('shop', 1, Date.now() + LATER);
        step = 3_600_000;
        expect(await stepped.outbox.claim('shop', 1, Date.now() + step + LATER)).toEqual([]);
        expect(await stepped.outbox.renew(held as Claim, Date.now() + step + 100)).toBe(true);
        step = -3_600_000;
        await expect
          .poll(() => stepped.outbox.claim('shop', 1, Date.now() + step + LATER), { timeout: 10_000 })
          .toHaveLength(1);
      } finally {
        await stepped.end();
      }
    });

    test('gives again what was given back, when its time has come', async () => {
      const wish = wishOf();
      await outbox.retry(await claimOne(wish), 0, 'CONNECTION');
      const again = await taken();
      expect(again).toMatchObject({ ...wish, attempts: 1 });
      await outbox.retry(again, Date.now() + LATER, 'CONNECTION');
      expect(await claim(1)).toEqual([]);
      expect(await outbox.backlog()).toEqual({ pending: 1, oldest: wish.since });
    });

    test('takes moments between two milliseconds, as delays by chance are', async () => {
      await outbox.wish(wishOf());
      const [held] = await outbox.claim('shop', 1, Date.now() + LATER + 0.25);
      expect(await outbox.renew(held as Claim, Date.now() + LATER + 0.5)).toBe(true);
      await outbox.retry(held as Claim, Date.now() + 10.75, 'RESPONSE_FORGED');
      expect(await taken()).toMatchObject({ attempts: 1 });
    });

    test('tells those who wait why it was given back, and not those who come later', async () => {
      const wish = wishOf();
      const reasons: string[] = [];
      outbox.follow(wish, { settled() {}, returned: (reason) => reasons.push(reason) });
      await outbox.retry(await claimOne(wish), Date.now() + LATER, 'away HTTP_502');
      await expect.poll(() => reasons, { timeout: 10_000 }).toContain('away HTTP_502');
      const later: string[] = [];
      const other = await opened.other();
      other.follow(wish, { settled() {}, returned: (reason) => later.push(reason) });
      await new Promise((resolve) => setTimeout(resolve, 600));
      expect(later).toEqual([]);
      expect(await other.place(wish)).toEqual({ own: 1, callers: 1 });
    });

    test('tells a refusal to those who wait, and takes the next wish as a new one', async () => {
      const wish = wishOf();
      const claimed = await claimOne(wish);
      const waiting = [settled(outbox, wish), settled(outbox, wish)];
      await outbox.refuse(claimed, '{"code":"INVALID_REQUEST"}');
      for (const one of waiting) expect(await one).toEqual({ refusal: '{"code":"INVALID_REQUEST"}' });
      expect(await outbox.recorded(wish)).toBeUndefined();
      expect(await outbox.backlog()).toMatchObject({ pending: 0 });
      expect(await claim(1)).toEqual([]);
      const again = { ...wish, filename: 'again.png', caller: 'another' };
      expect(await claimOne(again)).toMatchObject({ attempts: 0 });
    });

    test('lets those go who wait no longer', async () => {
      const wish = wishOf();
      const received: unknown[] = [];
      const leave = outbox.follow(wish, { settled: (settled) => received.push(settled) });
      const stays = settled(outbox, wish);
      const claimed = await claimOne(wish);
      leave();
      await outbox.record(claimed, ANSWER);
      expect(await stays).toMatchObject(ANSWER);
      expect(received).toEqual([]);
    });

    test('forgets what was recorded, so that the next wish goes upstream', async () => {
      const wish = wishOf();
      expect(await outbox.forget(wish)).toBe(false);
      const claimed = await claimOne(wish);
      expect(await outbox.forget(wish)).toBe(false);
      await outbox.record(claimed, ANSWER);
      expect(await outbox.forget(wish)).toBe(true);
      expect(await outbox.recorded(wish)).toBeUndefined();
      await claimOne(wish);
    });

    test('hands over what is pending and what is recorded', async () => {
      const [done, open] = [wishOf(), wishOf()];
      await outbox.record(await claimOne(done), ANSWER);
      await outbox.wish(open);
      const other = await opened.other();
      expect(await other.wish(done)).toMatchObject(ANSWER);
      expect(await other.wish(open)).toBeUndefined();
      expect(await other.claim('shop', 5, Date.now() + LATER)).toMatchObject([open]);
    });

    /** Claims until there is one. */
    async function taken(): Promise<Claim> {
      for (;;) {
        const [claimed] = await claim(1);
        if (claimed) return claimed;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  });
}
