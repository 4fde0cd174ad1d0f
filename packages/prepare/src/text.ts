import { fill, type Language, type Text, type TextValues } from '@coupon-media/apiv3';

/** @returns the text in a language, with the placeholders replaced by their values */
export function formatText(text: Text, language: Language, values: TextValues): string {
  const shown = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'number' ? NUMBERS.format(value) : value,
  ]);
  return fill(text[language], language, Object.fromEntries(shown));
}

/** Numbers from five digits on are grouped (1170, but 2,000,000) and have at most two decimals; this suits both languages. */
const NUMBERS = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2, useGrouping: 'min2' });
