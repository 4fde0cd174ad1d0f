import { describe, expect, test } from 'vitest';
import { readRules } from '../dist/index.js';

const rule = (request: object, response: object = {}) => ({ request, response });

describe('rules are read from', () => {
  const one = rule({ urlPath: '/v3/a' });
  test.each([
    ['one rule', one, 1],
    ['a list', [one, one], 2],
    ['a file of WireMock', { mappings: [one, one, one] }, 3],
    ['an empty list', [], 0],
  ])('%s', (_, given, count) => {
    expect(readRules(given)).toHaveLength(count);
  });
});

describe('a wrong rule is named by its place, in both languages', () => {
  const long = 'k'.repeat(10_000);
  test.each([
    [null, 'the rule must be an object'],
    ['text', 'the rule must be an object'],
    [{ mappings: {} }, 'mappings must be a list of rules'],
    [{ mappings: [{}] }, 'mappings[0].request must be an object'],
    [{ mappings: [], meta: 1 }, 'meta is not known; there are mappings'],
    [[rule({ urlPath: '/v3/a' }), 1], '[1] must be an object'],
    [rule({}), 'request needs exactly one of url, urlPath, urlPattern, urlPathPattern'],
    [
      rule({ url: '/v3/a', urlPath: '/v3/a' }),
      'request needs exactly one of url, urlPath, urlPattern, urlPathPattern',
    ],
    [rule({ urlPath: '/images/a' }), 'request.urlPath must begin with /v3/ or /brand/'],
    [rule({ urlPath: 1 }), 'request.urlPath must be a text'],
    [rule({ urlPattern: '(' }), 'request.urlPattern is not a regular expression'],
    [rule({ urlPath: '/v3/a', methd: 'GET' }), 'request.methd is not known; did you mean method?'],
    [
      rule({ urlPath: '/v3/a', method: 'get' }),
      'request.method must be one of GET, POST, PUT, PATCH, DELETE, ANY',
    ],
    [rule({ urlPath: '/v3/a' }, { status: 99 }), 'response.status must be a number from 200 to 599'],
    [rule({ urlPath: '/v3/a' }, { status: '200' }), 'response.status must be a number from 200 to 599'],
    [rule({ urlPath: '/v3/a' }, { body: '1', jsonBody: 1 }), 'response takes jsonBody or body, not both'],
    [rule({ urlPath: '/v3/a' }, { body: 1 }), 'response.body must be a text'],
    [
      rule({ urlPath: '/v3/a' }, { status: 204, jsonBody: 1 }),
      'response has the status 204, which has no body',
    ],
    [
      rule({ urlPath: '/v3/a' }, { headers: { 'wechatpay-serial': 'x' } }),
      'response.headers.wechatpay-serial is set by the service',
    ],
    [
      rule({ urlPath: '/v3/a' }, { headers: { 'x-a': 'b\r\nx-b: c' } }),
      'response.headers.x-a must be a header name with a text of ASCII',
    ],
    [{ ...rule({ urlPath: '/v3/a' }), [long]: 1 }, `${'k'.repeat(60)}… is not known; there are name`],
  ])('%j', (given, message) => {
    expect(() => readRules(given)).toThrow(
      expect.objectContaining({
        ...{ name: 'SandboxError', code: 'RESPONSES' },
        message: expect.stringContaining(`responses: ${message}`),
        texts: expect.objectContaining({ 'zh-CN': expect.stringMatching(/^应答规则：/) }),
      }),
    );
  });
});
