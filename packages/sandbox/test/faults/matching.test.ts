import { describe, expect, test } from 'vitest';
import { createMatching } from '../../dist/faults/matching.js';
import type { FaultRule } from '../../dist/faults/rule.js';

const PATH = '/v3/marketing/partner/product-coupon/media/upload-image';
const asked = { path: PATH, host: 'main', caller: '1900000001', isBrand: false, filename: 'a.png' } as const;
let now = 0;

type Conditions = Pick<FaultRule, 'request' | 'count' | 'until'>;

function matching(rule: Conditions) {
  return createMatching(
    { name: 'r', priority: 5, response: { fault: 'UNSIGNED' }, ...rule },
    () => now,
    'seed',
  );
}

/** Which of the first ten requests the rule is applied to. */
function applied(
  rule: Conditions,
  request: Parameters<ReturnType<typeof matching>['decide']>[0] = asked,
): number[] {
  const one = matching(rule);
  return Array.from({ length: 10 }, (_, at) => at + 1).filter(() => {
    const decision = one.decide(request);
    if (decision) one.use();
    return decision !== undefined;
  });
}

describe('a rule', () => {
  test.each<[Conditions, number[]]>([
    [{ count: 3 }, [1, 2, 3]],
    [{ request: { nth: 2 } }, [2]],
    [{ request: { nth: [2, 5] } }, [2, 5]],
    [{ request: { from: 9 } }, [9, 10]],
    [{ request: { from: 4 }, count: 2 }, [4, 5]],
    [{ request: { probability: 1 }, count: 1 }, [1]],
    [{ request: { endpoint: 'product-coupon', merchant: '1900000001', host: 'main' }, count: 1 }, [1]],
    [{ request: { urlPath: PATH, filename: 'a.png' }, count: 1 }, [1]],
    [{ request: { endpoint: 'favor' } }, []],
    [{ request: { endpoint: 'certificates' } }, []],
    [{ request: { merchant: '2' } }, []],
    [{ request: { host: 'backup' } }, []],
    [{ request: { filename: 'b.png' } }, []],
  ])('%j is applied to requests %j', (rule, numbers) => {
    expect(applied(rule)).toEqual(numbers);
  });

  test('chance is the same for the same seed, and another for another', () => {
    const of = (seed: string) => applied({ request: { probability: 0.5, seed } });
    expect(of('a')).toEqual(of('a'));
    expect(of('a')).not.toEqual(of('b'));
  });

  test('ends at a time', () => {
    const rule = matching({ until: '1970-01-01T00:00:10Z' });
    now = 9_999;
    expect(rule.decide(asked)).toBeDefined();
    now = 10_000;
    expect(rule.decide(asked)).toBeUndefined();
    expect(rule.isInForce()).toBe(false);
    now = 0;
  });
});

describe('a quota', () => {
  const brand = { ...asked, isBrand: true };

  test('of its own lets bursts of twice its rate pass, and says how long to wait', () => {
    now = 0;
    const rule = matching({ request: { overQuota: { perSecond: 1 } } });
    expect([1, 2, 3].map(() => rule.decide(asked)?.wait)).toEqual([undefined, undefined, 1]);
    expect(rule.decide({ ...asked, caller: '1900000002' })).toBeUndefined();
  });

  test.each([
    ['merchant', [false, false, false, false]],
    ['brands', [false, false, true, false]],
    ['all', [false, false, true, true]],
  ] as const)('shared by %s', (sharedBy, over) => {
    now = 0;
    const rule = matching({ request: { overQuota: { perSecond: 1, sharedBy } } });
    const callers = [
      { ...brand, caller: 'b1' },
      { ...brand, caller: 'b2' },
      { ...brand, caller: 'b3' },
      asked,
    ];
    expect(callers.map((caller) => rule.decide(caller) !== undefined)).toEqual(over);
  });
});
