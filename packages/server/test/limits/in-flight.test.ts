import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createInFlight } from '../../dist/limits/in-flight.js';

const SHORT = { trust: 50, wait: 200, waiting: 2 };

describe('bytes in flight', () => {
  it('takes one upload that is more than all, and no second beside it', async () => {
    const inFlight = createInFlight(100, SHORT);
    const first = await inFlight.enter(1000);
    first?.arrived(1000);
    expect(await inFlight.enter(1)).toBeUndefined();
    first?.leave();
    expect(await inFlight.enter(1)).toBeDefined();
  });

  it('counts what is declared at first, and then what has arrived', async () => {
    const inFlight = createInFlight(100, SHORT);
    const declaring = await inFlight.enter(100);
    declaring?.arrived(10);
    // There is no room yet, but there is before the waiting is over.
    expect(await inFlight.enter(90)).toBeDefined();
  });

  it('lets in who waits, in order, as soon as there is room', async () => {
    const inFlight = createInFlight(100, SHORT);
    const first = await inFlight.enter(100);
    first?.arrived(100);
    const order: string[] = [];
    const large = inFlight.enter(80).then((place) => order.push(place ? 'large' : 'none'));
    const small = inFlight.enter(10).then((place) => order.push(place ? 'small' : 'none'));
    first?.leave();
    await Promise.all([large, small]);
    expect(order).toEqual(['large', 'small']);
  });

  it('lets so many wait, and no more', async () => {
    const inFlight = createInFlight(100, SHORT);
    (await inFlight.enter(100))?.arrived(100);
    const waiting = [inFlight.enter(1), inFlight.enter(1)];
    const answers = await Promise.race([inFlight.enter(1), Promise.all(waiting)]);
    // The third was answered while the two still waited.
    expect(answers).toBeUndefined();
    expect(await Promise.all(waiting)).toEqual([undefined, undefined]);
  });

  it('lets in who waited behind one that gave up', async () => {
    const inFlight = createInFlight(100, { ...SHORT, waiting: 9 });
    (await inFlight.enter(50))?.arrived(50);
    const large = inFlight.enter(80);
    await sleep(100);
    const small = inFlight.enter(20);
    expect(await large).toBeUndefined();
    expect(await small).toBeDefined();
  });

  it('never holds more than its limit of what was declared truly, and forgets nothing', async () => {
    const step = fc.oneof(fc.integer({ min: 1, max: 120 }), fc.constant('leave' as const));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const inFlight = createInFlight(100, { trust: 10_000, wait: 0, waiting: 100 });
        const held: { size: number; leave(): void }[] = [];
        for (const size of steps) {
          if (size === 'leave') held.shift()?.leave();
          else {
            const place = await inFlight.enter(size);
            place?.arrived(size);
            if (place) held.push({ size, leave: place.leave });
          }
          const total = held.reduce((sum, place) => sum + place.size, 0);
          expect(held.length === 1 || total <= 100).toBe(true);
        }
        for (const place of held) place.leave();
        const whole = await inFlight.enter(100);
        expect(whole).toBeDefined();
        whole?.leave();
      }),
      { numRuns: 50 },
    );
  });
});
