import { type Language, type RefusalName, refusals } from '@coupon-media/apiv3';
import { expect } from 'vitest';
import type { Exchange } from './exchange.js';

/** Expects a response to be exactly this refusal: status, code, number, message, language and detail. */
export function expectRefusal(
  answer: Exchange,
  name: RefusalName,
  detail?: object,
  language: Language = 'zh-CN',
): void {
  const { status, code, number, message } = refusals[name];
  const body = JSON.parse(answer.text);
  expect({ status: answer.status, code: body.code }).toEqual({ status, code });
  expect(body.message).toMatch(patternOf(message[language]));
  if (detail) expect(body.detail).toMatchObject(detail);
  expect(answer.headers).toMatchObject({
    'content-type': expect.stringMatching(/^application\/json/),
    'content-language': language,
    'request-id': expect.stringMatching(new RegExp(`^[0-9A-F]{32}-${number}$`)),
  });
}

/** Expects a response to be unsigned, as before the signature of the request is verified (contract 3.5). */
export function expectUnsigned({ headers }: Exchange): void {
  expect(Object.keys(headers).filter((name) => name.startsWith('wechatpay'))).toEqual([]);
}

/** Matches a message with any values. */
function patternOf(message: string): RegExp {
  const literal = message.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '.+');
  return new RegExp(`^${literal}$`);
}
