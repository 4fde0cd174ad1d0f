import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createInFlight } from '../../dist/limits/in-flight.js';

const SHORT = { trust: 50, wait: 200, waiting: 2 };

/**
 * Admits an upload whose sender is authenticated at once.
 *
 * @returns undefined if there was no room in time
 */
async function proven(inFlight: ReturnType<typeof createInFlight>, declared: number, holder = 'a') {
  const permit = await inFlight.enter(declared);
  if (!permit || (await permit.assign(holder))) return permit;
  permit.leave();
  return undefined;
}

describe('bytes in flight', () => {
  it('admits one upload larger than the limit, but no second one with it', async () => {
    const inFlight = createInFlight(100, SHORT);
    const first = await proven(inFlight, 1000);
    first?.arrived(1000);
    expect(await inFlight.enter(1)).toBeUndefined();
    first?.leave();
    expect(await inFlight.enter(1)).toBeDefined();
  });

  it('does not count declared bytes before the sender is authenticated', async () => {
    const inFlight = createInFlight(100, SHORT);
    for (let claim = 0; claim < 1000; claim += 1) expect(await inFlight.enter(100)).toBeDefined();
    expect(inFlight.load()).toEqual({ bytes: 0, unproven: 0, waiting: 0 });
    expect(await proven(inFlight, 100)).toBeDefined();
  });

  it('gives unauthenticated uploads a quarter of the limit, and expels the oldest of them', async () => {
    const inFlight = createInFlight(100, SHORT);
    const expelled: string[] = [];
    const first = await inFlight.enter(100, () => expelled.push('first'));
    first?.arrived(20);
    const second = await inFlight.enter(100, () => expelled.push('second'));
    second?.arrived(20);
    expect(expelled).toEqual(['first']);
    expect(await first?.assign('a')).toBe(false);
    expect(await second?.assign('a')).toBe(true);
    first?.leave();
    second?.leave();
    expect(inFlight.load()).toEqual({ bytes: 0, unproven: 0, waiting: 0 });
  });

  it('expels unauthenticated uploads in favour of authenticated ones', async () => {
    const inFlight = createInFlight(100, SHORT);
    let expelled = 0;
    const permits = await Promise.all([1, 2].map(() => inFlight.enter(10, () => (expelled += 1))));
    for (const permit of permits) permit?.arrived(10);
    const one = await proven(inFlight, 70, 'a');
    one?.arrived(70);
    expect(expelled).toBe(0);
    const other = await proven(inFlight, 15, 'b');
    other?.arrived(15);
    expect(expelled).toBe(1);
    expect(inFlight.load()).toMatchObject({ bytes: 95, unproven: 10 });
  });

  it('leaves a quarter to other holders', async () => {
    const inFlight = createInFlight(100, SHORT);
    (await proven(inFlight, 50, 'a'))?.arrived(50);
    const waiting = proven(inFlight, 30, 'a');
    // No upload waits behind a holder with too many bytes.
    expect(await proven(inFlight, 30, 'b')).toBeDefined();
    expect(await waiting).toBeUndefined();
  });

  it('counts the declared bytes at first, and then those that have arrived', async () => {
    const inFlight = createInFlight(100, SHORT);
    const declaring = await proven(inFlight, 100);
    declaring?.arrived(10);
    // There is no room yet, but there will be before the wait is over.
    expect(await proven(inFlight, 60)).toBeDefined();
  });

  it('admits waiting uploads in order as soon as there is room', async () => {
    const inFlight = createInFlight(100, SHORT);
    const first = await proven(inFlight, 100);
    first?.arrived(100);
    const order: string[] = [];
    const large = inFlight.enter(80).then((permit) => order.push(permit ? 'large' : 'none'));
    const small = inFlight.enter(10).then((permit) => order.push(permit ? 'small' : 'none'));
    first?.leave();
    await Promise.all([large, small]);
    expect(order).toEqual(['large', 'small']);
  });

  it('limits the number of waiting uploads', async () => {
    const inFlight = createInFlight(100, SHORT);
    (await proven(inFlight, 100))?.arrived(100);
    const waiting = [inFlight.enter(1), inFlight.enter(1)];
    const responses = await Promise.race([inFlight.enter(1), Promise.all(waiting)]);
    // The third got its result while the other two were still waiting.
    expect(responses).toBeUndefined();
    expect(await Promise.all(waiting)).toEqual([undefined, undefined]);
  });

  it('admits uploads that waited behind one that gave up', async () => {
    const inFlight = createInFlight(100, { ...SHORT, waiting: 9 });
    (await proven(inFlight, 50))?.arrived(50);
    const large = inFlight.enter(80);
    await sleep(100);
    const small = inFlight.enter(20);
    expect(await large).toBeUndefined();
    expect(await small).toBeDefined();
  });

  it('never exceeds its limit with honestly declared uploads, and forgets none', async () => {
    const step = fc.oneof(
      fc.record({ size: fc.integer({ min: 1, max: 120 }), holder: fc.constantFrom('a', 'b', 'none') }),
      fc.constant('leave' as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const inFlight = createInFlight(100, { trust: 10_000, wait: 0, waiting: 100 });
        const held: { leave(): void }[] = [];
        for (const next of steps) {
          if (next === 'leave') held.shift()?.leave();
          else {
            const { size, holder } = next;
            const permit =
              holder === 'none' ? await inFlight.enter(size) : await proven(inFlight, size, holder);
            permit?.arrived(size);
            if (permit) held.push(permit);
          }
          expect(held.length <= 1 || inFlight.load().bytes <= 240).toBe(true);
        }
        for (const permit of held) permit.leave();
        expect(inFlight.load()).toEqual({ bytes: 0, unproven: 0, waiting: 0 });
        const whole = await proven(inFlight, 100);
        expect(whole).toBeDefined();
        whole?.leave();
      }),
      { numRuns: 50 },
    );
  });
});
