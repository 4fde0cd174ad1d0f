import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';

const FOLDER = new URL('../page/messages/', import.meta.url);
const files = readdirSync(FOLDER).filter((file) => file !== 'language.ts');

/** What names the language that is chosen, in that language. */
const OF_OTHER_LANGUAGE: ReadonlySet<string> = new Set(['shell.ts SHELL.otherLanguage']);
const CHINESE = /[\p{Script=Han}\u3000-\u303f\uff00-\uffef]/u;

/** Every sentence of a module, by its place. */
function* textsOf(value: unknown, place: string): Generator<readonly [string, Record<string, unknown>]> {
  if (typeof value !== 'object' || value === null) return;
  if ('en' in value || 'zh-CN' in value) yield [place, { ...value }];
  else for (const [key, inner] of Object.entries(value)) yield* textsOf(inner, `${place}.${key}`);
}

test('there is a file of messages for each room', () => {
  expect(files.length).toBeGreaterThan(4);
});

test.each(files)(
  '%s: each sentence is in both languages, and its English has nothing Chinese',
  async (file) => {
    const module = (await import(new URL(file, FOLDER).href)) as Record<string, unknown>;
    const texts = Object.entries(module).flatMap(([name, value]) => [...textsOf(value, `${file} ${name}`)]);
    expect(texts.length).toBeGreaterThan(0);
    for (const [place, text] of texts) {
      expect(Object.keys(text).sort(), place).toEqual(['en', 'zh-CN']);
      if (OF_OTHER_LANGUAGE.has(place)) continue;
      expect(text.en, place).not.toMatch(CHINESE);
      // What is put in has the same names in both.
      const names = (language: 'en' | 'zh-CN') =>
        Array.from(String(text[language]).matchAll(/\{(\w+)(?=[}:])/g), ([, name]) => name);
      expect(new Set(names('zh-CN')), place).toEqual(new Set(names('en')));
    }
  },
);
