import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inOwnTerms } from '../dist/upload/own-terms.js';

/** Options and properties of the SDK, which this program does not have. */
const OF_THE_SDK =
  /\b(limits?\.\w+|deadlines\.\w+|wechatPayPublicKeys|rawBody|perSecond|limiter|maxBytes|requestId|cause|path, hosts|stream|createClient)\b|创建客户端|限流器|(Pass|传入) ?filename/;

const texts = Array.from(
  readFileSync('packages/client/src/advice.ts', 'utf8').matchAll(
    /text\(\s*'([^']+)',\s*(['"])((?:(?!\2).)+)\2(?:\s*\+\s*(['"])((?:(?!\4).)+)\4)?/g,
  ),
  ([, zh = '', , en = '', , more = '']) => ({ 'zh-CN': zh, en: en + more }),
);

test('the remedies of the SDK are found in its source, and some name its options', () => {
  expect(texts.length).toBeGreaterThan(40);
  expect(texts.filter(({ en }) => OF_THE_SDK.test(en)).length).toBeGreaterThan(4);
});

test.each(['en', 'zh-CN'] as const)('no remedy names an option that only the SDK has, in %s', (language) => {
  const shown = texts.map((text) => inOwnTerms(text, language));
  expect(shown.filter((text) => OF_THE_SDK.test(text) || text.trim() === '')).toEqual([]);
});
