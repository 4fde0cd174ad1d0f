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
    [null, 'the response rule: must be an object'],
    ['text', 'the response rule: must be an object'],
    [{ mappings: {} }, 'responses: mappings: must be an array'],
    [{ mappings: [{}] }, 'responses: mappings[0].request: is required'],
    [{ mappings: [], meta: 1 }, 'responses: meta: there is no such key; there are mappings'],
    [[rule({ urlPath: '/v3/a' }), 1], 'responses: [1]: must be an object'],
    [rule({}), 'responses: request: needs exactly one of url, urlPath, urlPattern, urlPathPattern'],
    [
      rule({ url: '/v3/a', urlPath: '/v3/a' }),
      'responses: request: needs exactly one of url, urlPath, urlPattern, urlPathPattern',
    ],
    [
      rule({ urlPath: '/images/a' }),
      'responses: request.urlPath: must be a text like "/v3/marketing/coupons"',
    ],
    [rule({ urlPath: 1 }), 'responses: request.urlPath: must be a text like'],
    [rule({ urlPattern: '(' }), 'responses: request.urlPattern: is not a regular expression'],
    [
      rule({ urlPath: '/v3/a', methd: 'GET' }),
      'responses: request.methd: there is no such key; did you mean method?',
    ],
    [
      rule({ urlPath: '/v3/a', method: 'get' }),
      'responses: request.method: must be one of GET, POST, PUT, PATCH, DELETE, ANY',
    ],
    [
      rule({ urlPath: '/v3/a' }, { status: 99 }),
      'responses: response.status: must be a whole number, 200 … 599',
    ],
    [
      rule({ urlPath: '/v3/a' }, { status: '200' }),
      'responses: response.status: must be a whole number, 200 … 599',
    ],
    [
      rule({ urlPath: '/v3/a' }, { body: '1', jsonBody: 1 }),
      'responses: response: takes jsonBody or body, not both',
    ],
    [rule({ urlPath: '/v3/a' }, { body: 1 }), 'responses: response.body: must be a text'],
    [
      rule({ urlPath: '/v3/a' }, { status: 204, jsonBody: 1 }),
      'responses: response: has the status 204, which has no body',
    ],
    [
      rule({ urlPath: '/v3/a' }, { headers: { 'wechatpay-serial': 'x' } }),
      'responses: response.headers.wechatpay-serial: is set by the service',
    ],
    [
      rule({ urlPath: '/v3/a' }, { headers: { 'x-a': 'b\r\nx-b: c' } }),
      'responses: response.headers.x-a: must be a header name with a text of ASCII',
    ],
    [
      { ...rule({ urlPath: '/v3/a' }), [long]: 1 },
      `responses: ${'k'.repeat(60)}…: there is no such key; there are name`,
    ],
  ])('%j', (given, message) => {
    expect(() => readRules(given)).toThrow(
      expect.objectContaining({
        ...{ name: 'SandboxError', code: 'RESPONSES' },
        message: expect.stringContaining(message),
        texts: expect.objectContaining({ 'zh-CN': expect.stringMatching(/^应答规则/) }),
      }),
    );
  });
});
