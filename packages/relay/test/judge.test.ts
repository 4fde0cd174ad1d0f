import { createHash } from 'node:crypto';
import { ApiError, type ResponseInfo } from '@coupon-media/client';
import { describe, expect, test } from 'vitest';
import { judgeError, judgeValue } from '../dist/upstream/judge.js';

const LIVE = { endpoint: 'product-coupon', isLocal: false } as const;

describe('a value that upstream signed (contract 1.4)', () => {
  const url = (length: number) => `https://img.example/${'a'.repeat(length - 20)}`;
  test.each([
    ['a URL of 256 characters', url(256), LIVE, 'published'],
    ['a URL of 257 characters', url(257), LIVE, 'trouble'],
    ['a URL without TLS', 'http://img.example/a.png', LIVE, 'trouble'],
    [
      'a URL without TLS, of a sandbox here',
      'http://127.0.0.1:8787/a.png',
      { ...LIVE, isLocal: true },
      'published',
    ],
    ['no URL', 'a.png', LIVE, 'trouble'],
    ['a script', 'javascript:alert(1)', LIVE, 'trouble'],
    ['white space', 'https://img.example/a b', LIVE, 'trouble'],
    ['an id', 'f00ba4', { ...LIVE, endpoint: 'merchant-media' }, 'published'],
    ['an id with a line feed', 'f00\nba4', { ...LIVE, endpoint: 'merchant-media' }, 'trouble'],
  ] as const)('%s', (_, value, of, outcome) => {
    expect(judgeValue(value, 'A-0', of).outcome).toBe(outcome);
  });
});

describe('a refusal', () => {
  const content = Buffer.from('bytes');
  const sha256 = createHash('sha256').update(content).digest('hex');
  function judged(status: number, verified: boolean, stored = content, fromGateway = false) {
    const body = { code: 'PARAM_ERROR', message: '图片sha256值有误' };
    const response: ResponseInfo = {
      ...{ host: 'https://api.example', attempt: 1, status, headers: {}, requestId: 'A-268435461' },
      rawBody: Buffer.from(JSON.stringify(body)),
    };
    const error = new ApiError({ ...body, detail: undefined }, response, {
      verified,
      fromGateway,
      retryAfter: 3,
      findings: [],
    });
    return judgeError(error, { sha256, content: stored, isStopped: false });
  }

  test('of the image or the permission that upstream signed is the caller’s, in its own words', () => {
    expect(judged(400, true)).toEqual({
      ...{ outcome: 'refused', status: 400, code: 'PARAM_ERROR', message: '图片sha256值有误' },
      requestId: 'A-268435461',
    });
    expect(judged(403, true)).toMatchObject({ outcome: 'refused', status: 403 });
  });

  test.each([
    ['unsigned', 400, false, content, false, 'refusesUs'],
    ['of a gateway', 403, false, content, true, 'away'],
    ['of the signature', 401, true, content, false, 'refusesUs'],
    ['of a path', 404, true, content, false, 'refusesUs'],
    ['of upstream in trouble', 500, true, content, false, 'away'],
    ['of bytes that the store has damaged', 400, true, Buffer.from('other'), false, 'image'],
  ] as const)('%s is the relay’s trouble', (_, status, verified, stored, fromGateway, kind) => {
    expect(judged(status, verified, stored, fromGateway)).toMatchObject({ outcome: 'trouble', kind });
  });

  test('429 slows the pace', () => {
    expect(judged(429, true)).toEqual({ outcome: 'slowed', retryAfter: 3 });
  });
});
