import { fill, type Language, type Text, type TextValues } from '@coupon-media/apiv3';
import { effect, signal } from '@preact/signals';

const KEY = 'coupon-media.language';

/** The language of the page: what was chosen, else that of the browser. */
export const language = signal<Language>(chosen() ?? ofBrowser());

/** @returns a sentence in the language of the page; whoever renders it renders again when the language changes */
export function say(text: Text, values: TextValues = {}): string {
  return fill(text[language.value], language.value, values);
}

effect(() => {
  try {
    localStorage.setItem(KEY, language.value);
  } catch {
    // A browser without storage asks again, and that is all.
  }
});

function chosen(): Language | undefined {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'en' || kept === 'zh-CN' ? kept : undefined;
  } catch {
    return undefined;
  }
}

function ofBrowser(): Language {
  const first = navigator.languages.find((tag) => /^(?:zh|en)\b/i.test(tag)) ?? 'en';
  return /^zh\b/i.test(first) ? 'zh-CN' : 'en';
}
