import { expect, test } from 'vitest';
import { messages, type ServiceKey } from '../dist/messages/messages.js';

const keys = Object.keys(messages.en) as ServiceKey[];

test('every sentence is there in both languages, and holds the same values', () => {
  expect(Object.keys(messages['zh-CN']).sort()).toEqual([...keys].sort());
  for (const key of keys) {
    expect(messages['zh-CN'][key], key).toMatch(/\p{Script=Han}|^\P{L}*$|^default$/u);
    expect(messages.en[key], key).not.toMatch(/\p{Script=Han}/u);
    expect(placeholders(messages['zh-CN'][key]), key).toEqual(placeholders(messages.en[key]));
  }
});

/** A plural counts as its number. */
function placeholders(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(/\{(\w+)(?::[^}]*)?\}/g), ([, name = '']) => name))].sort();
}
