import type { Language, Text } from '@coupon-media/apiv3';

/** One text in both languages. `{name}` stands for one of its values. */
export type Wording = Readonly<Record<Language, string>>;

/** What stands for `{name}` in a wording; a text in the wording's language. */
export type WordingValues = Readonly<Record<string, string | number | Text>>;

/** @returns the text in a language, with every `{name}` replaced by its value */
export function word(wording: Wording, language: Language, values: WordingValues): string {
  return wording[language].replace(/\{(\w+)\}/g, (_, name: string) => shown(values[name], language));
}

/** 1170 stays together as people write sizes, 2,000,000 does not; at most two decimals. Reads well in both languages. */
function shown(value: string | number | Text = '', language: Language): string {
  if (typeof value === 'number') return NUMBERS.format(value);
  return typeof value === 'string' ? value : value[language];
}

const NUMBERS = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2, useGrouping: 'min2' });
