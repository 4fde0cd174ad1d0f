import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { en } from '../dist/messages/en.js';
import { zhCn } from '../dist/messages/zh-cn.js';
import { shownJson, shownLine, shownText } from '../dist/terminal/output.js';
import { styleFor } from '../dist/terminal/style.js';

/** Characters that a terminal obeys or does not show. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

const foreign = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      'a',
      '图',
      '\n',
      '\r',
      '\t',
      '\x1b',
      '[',
      '3',
      '2',
      'm',
      '\u009b',
      '\u202e',
      '\u2028',
      '\ud83d',
    ),
  }),
);
const style = styleFor(true);

describe('whatever is foreign in it', () => {
  test('a line is one line, and does nothing but what this program painted', () => {
    fc.assert(
      fc.property(foreign, foreign, (one, other) => {
        const painted = shownLine(`${style.bad(`x${one}`)}${other}`);
        expect(painted.startsWith('\x1b[31mx')).toBe(true);
        expect(painted.slice(5).replace('\x1b[39m', '').replaceAll('\t', '')).not.toMatch(UNSEEN);
      }),
    );
  });

  test('a text has lines and tabs, and nothing else that is not seen', () => {
    fc.assert(
      fc.property(foreign, (text) => {
        expect(shownText(text).replaceAll(/[\n\t]/g, '')).not.toMatch(UNSEEN);
      }),
    );
  });

  test('JSON is the same value on one line, and nothing in it is not seen', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(foreign, foreign)), (value) => {
        const json = shownJson(value);
        expect(json).not.toMatch(UNSEEN);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(JSON.parse(shownJson(value, 2))).toEqual(JSON.parse(json));
      }),
    );
  });
});

test('what looks as if this program had painted it is shown', () => {
  expect(shownLine('\x1b[32m✓\x1b[39m')).toBe('\\e[32m✓\\e[39m');
  expect(shownLine(`${style.good('✓')} \x1b[31m`)).toBe('\x1b[32m✓\x1b[39m \\e[31m');
  expect(shownJson({ file: 'a\u009b\u202e\u2028\u{e0001}' })).toBe(
    '{"file":"a\\u009b\\u202e\\u2028\\udb40\\udc01"}',
  );
});

test('the sentences of this program are as they are written', () => {
  for (const table of [en, zhCn]) {
    for (const sentence of Object.values(table)) expect(shownText(sentence)).toBe(sentence);
  }
});
