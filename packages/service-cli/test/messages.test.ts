import { expect, test } from 'vitest';
import { en, type ServiceKey } from '../dist/messages/en.js';
import { zhCn } from '../dist/messages/zh-cn.js';

const keys = Object.keys(en) as ServiceKey[];

test('every sentence is there in both languages, and holds the same values', () => {
  expect(Object.keys(zhCn).sort()).toEqual([...keys].sort());
  for (const key of keys) {
    expect(zhCn[key], key).toMatch(/\p{Script=Han}|^\P{L}*$|^default$/u);
    expect(en[key], key).not.toMatch(/\p{Script=Han}/u);
    expect(placeholders(zhCn[key]), key).toEqual(placeholders(en[key]));
  }
});

/** A plural counts as its number. */
function placeholders(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(/\{(\w+)(?::[^}]*)?\}/g), ([, name = '']) => name))].sort();
}
