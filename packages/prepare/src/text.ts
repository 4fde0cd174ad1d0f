import { fill, type Language, type Text, type TextValues } from '@coupon-media/apiv3';

/** @returns the text in a language, with every `{name}` replaced by its value */
export function formatText(text: Text, language: Language, values: TextValues): string {
  const shown = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'number' ? NUMBERS.format(value) : value,
  ]);
  return fill(text[language], language, Object.fromEntries(shown));
}

/** 1170 stays together as people write sizes, 2,000,000 does not; at most two decimals. Reads well in both languages. */
const NUMBERS = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2, useGrouping: 'min2' });
