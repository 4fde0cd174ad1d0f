import type { Language } from '@coupon-media/apiv3';

/** One text in both languages. `{name}` stands for one of its values. */
export type Wording = Readonly<Record<Language, string>>;

/** What stands for `{name}` in a wording. */
export type WordingValues = Readonly<Record<string, string | number>>;

/** @returns the text in a language, with every `{name}` replaced by its value */
export function word(wording: Wording, language: Language, values: WordingValues): string {
  return wording[language].replace(/\{(\w+)\}/g, (_, name: string) => shown(values[name]));
}

/** 1170 stays together as people write sizes, 2,000,000 does not; at most two decimals. Reads well in both languages. */
function shown(value: string | number | undefined): string {
  return typeof value === 'number' ? NUMBERS.format(value) : (value ?? '');
}

const NUMBERS = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2, useGrouping: 'min2' });
