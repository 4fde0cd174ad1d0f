import { expect, test } from 'vitest';
import { en, type MessageKey } from '../dist/messages/en.js';
import { createSay, languageOf } from '../dist/messages/messages.js';
import { zhCn } from '../dist/messages/zh-cn.js';

const keys = Object.keys(en) as MessageKey[];

test('every sentence is there in both languages, and holds the same values', () => {
  expect(Object.keys(zhCn).sort()).toEqual([...keys].sort());
  for (const key of keys) {
    expect(zhCn[key], key).not.toBe('');
    expect(placeholders(zhCn[key]), key).toEqual(placeholders(en[key]));
  }
});

test.each([
  [{}, 'en'],
  [{ LANG: 'zh_CN.UTF-8' }, 'zh-CN'],
  [{ LANG: 'zh_CN.UTF-8', LC_MESSAGES: 'en_GB.UTF-8' }, 'en'],
  [{ LANG: 'en_GB.UTF-8', LC_ALL: 'zh_TW' }, 'zh-CN'],
  [{ LC_ALL: '', LANG: 'zh' }, 'zh-CN'],
  [{ LANG: 'C' }, 'en'],
])('the locale %o speaks %s', (environment, language) => {
  expect(languageOf([], environment, () => 'en-US')).toBe(language);
});

test.each([
  [{}, 'zh-CN', 'zh-CN'],
  [{}, 'zh-Hans-CN', 'zh-CN'],
  [{ LANG: '' }, 'zh-CN', 'zh-CN'],
  [{}, 'de-DE', 'en'],
  [{ LANG: 'en_GB.UTF-8' }, 'zh-CN', 'en'],
])(
  'as on Windows, where the environment has no locale: %o on a system of %s speaks %s',
  (environment, system, language) => {
    expect(languageOf([], environment, () => system)).toBe(language);
  },
);

test("the system's locale is the one that Intl tells", () => {
  const { locale } = Intl.DateTimeFormat().resolvedOptions();
  expect(languageOf([], {})).toBe(languageOf([], {}, () => locale));
});

test('--lang is stronger than the locale', () => {
  expect(languageOf(['upload', '--lang', 'en'], { LANG: 'zh_CN' }, () => 'zh-CN')).toBe('en');
  expect(languageOf(['--lang=zh-CN'], {}, () => 'en-US')).toBe('zh-CN');
  expect(languageOf(['--lang', 'fr'], {}, () => 'en-US')).toBe('en');
});

test('one is one, and more are many', () => {
  const say = createSay('en', en);
  expect(say('count.needs-prepare', { n: 1 })).toBe('1 needs --prepare');
  expect(say('count.needs-prepare', { n: 2 })).toBe('2 need --prepare');
});

/** A plural counts as its number. */
function placeholders(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(/\{(\w+)(?::[^}]*)?\}/g), ([, name = '']) => name))].sort();
}
