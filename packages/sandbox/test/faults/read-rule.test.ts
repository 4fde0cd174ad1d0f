import { describe, expect, test } from 'vitest';
import { readFaultRules } from '../../dist/faults/read-rule.js';

const NOW = Date.parse('2030-01-01T00:00:00Z');
const response = { fault: 'UNSIGNED' };

function errorOf(given: unknown): unknown {
  try {
    readFaultRules(given, NOW);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('a rule file', () => {
  test('is a list of rules, or one rule', () => {
    const rule = {
      name: 'burst',
      priority: 1,
      request: { endpoint: 'product-coupon', nth: [1, 3], probability: 0.5, seed: 'a' },
      response: { refusal: 'rateExceeded', retryAfter: 2, fault: 'SIGNATURE_WRONG' },
      count: 3,
      until: '2030-01-01T01:00:00+01:00',
    };
    expect(errorOf(rule)).toMatchObject({ code: 'FAULT_NEVER' });
    const later = { ...rule, until: '2030-01-01T02:00:00+01:00' };
    expect(readFaultRules({ rules: [later, { response }] }, NOW)).toEqual([later, { response }]);
    expect(readFaultRules({ response }, NOW)).toEqual([{ response }]);
  });

  test.each<[string, unknown, string]>([
    [
      'a misspelt key',
      { rules: [{ response }, { request: { merchnat: '1' }, response }] },
      'rules[1].request.merchnat: there is no such key; did you mean merchant? There are endpoint, urlPath, merchant, host',
    ],
    [
      'a key of nothing',
      { rules: [{ response, zzz: 1 }] },
      'rules[0].zzz: there is no such key; there are name, ',
    ],
    ['a key beside rules', { rules: [], rule: 1 }, 'rule: there is no such key; did you mean rules?'],
    ['no response', { rules: [{}] }, 'rules[0].response: is required'],
    ['no object', { rules: [7] }, 'rules[0]: must be an object'],
    ['no array', { rules: {} }, 'rules: must be an array'],
    ['a fault by a wrong name', { response: { fault: 'UNSIGNE' } }, 'did you mean UNSIGNED?'],
    [
      'a refusal by a wrong name',
      { response: { refusal: '429' } },
      'response.refusal: must be one of headersMissing',
    ],
    ['nth 0', { request: { nth: [1, 0] }, response }, 'request.nth[1]: must be a whole number, 1 or more'],
    [
      'a probability of 0',
      { request: { probability: 0 }, response },
      'request.probability: must be a number, above 0',
    ],
    [
      'a distribution without its values',
      { response: { delayDistribution: { type: 'lognormal', median: 5 } } },
      'response.delayDistribution.sigma: is required',
    ],
    [
      'an unknown distribution',
      { response: { delayDistribution: { type: 'normal' } } },
      'response.delayDistribution.type: must be one of fixed, uniform, lognormal',
    ],
    ['a delay of a day', { response: { fixedDelayMilliseconds: 86_400_000 } }, '0 … 600000'],
    ['a day for until', { response, until: '2030-01-01' }, 'until: must be a text like'],
  ])('%s is named by its path', (_, given, message) => {
    expect(errorOf(given)).toMatchObject({
      name: 'SandboxError',
      code: 'FAULT_RULE',
      message: expect.stringContaining(message),
    });
  });

  test.each<[unknown, string]>([
    [{ response: { retryAfter: 1 } }, 'says nothing that happens'],
    [{ response, until: '2029-12-31T00:00:00Z' }, 'until is past'],
    [{ request: { nth: 2, from: 3 }, response }, 'every nth is before from'],
    [{ request: { nth: [] }, response }, 'nth is empty'],
    [{ request: { endpoint: 'favor', urlPath: '/v3/certificates' }, response }, 'another path'],
    [{ request: { endpoint: 'certificates', filename: 'a.png' }, response }, 'without a filename'],
    [
      { request: { filename: 'a.png' }, response: { fault: 'KEEP_ALIVE_CLOSED' } },
      'before the filename is known',
    ],
    [{ request: { merchant: '1' }, response: { fault: 'CONNECTION_REFUSED' } }, 'no request arrives'],
    [{ count: 1, response: { fault: 'CONNECTION_REFUSED' } }, 'no request arrives'],
    [{ response: { refusal: 'rateExceeded', fault: 'BAD_GATEWAY' } }, 'no refusal is written'],
    [{ response: { refusal: 'signatureWrong', fault: 'SIGNTEST' } }, 'not signed'],
    [
      { response: { fault: 'EMPTY_RESPONSE', chunkedDribbleDelay: { numberOfChunks: 2, totalDuration: 1 } } },
      'could drip',
    ],
    [{ response: { fault: 'RESET_ON_REQUEST_HEAD', fixedDelayMilliseconds: 1 } }, 'to delay'],
    [{ response: { delayDistribution: { type: 'uniform', lower: 2, upper: 1 } } }, 'lower is above upper'],
  ])('a rule that can never be applied is refused: %j', (given, why) => {
    expect(errorOf(given)).toMatchObject({ code: 'FAULT_NEVER', message: expect.stringContaining(why) });
  });
});
