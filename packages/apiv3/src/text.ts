/** The languages of messages (contract 5.8). */
export type Language = 'zh-CN' | 'en';

/** A sentence, or a part of one, in both languages. `{name}` is a placeholder for a value. */
export type Text = Readonly<Record<Language, string>>;

/** The values of the placeholders in a text. A value that is a text itself is inserted in the same language. */
export type TextValues = Readonly<Record<string, string | number | Text>>;

/**
 * Inserts values into a text. `{n}` is a value; `{n:image|images}` is the first form if the value is 1, else the second.
 *
 * @param template the text in the language
 * @example
 * ```ts
 * import { fill } from '@coupon-media/apiv3';
 *
 * console.log(fill('{n} {n:image|images} sent', 'en', { n: 2 })); // '2 images sent'
 * ```
 */
export function fill(template: string, language: Language, values: TextValues = {}): string {
  return template.replace(PLACE, (_, name: string, one?: string, many?: string) => {
    const value = values[name] ?? '';
    if (one !== undefined && many !== undefined) return value === 1 ? one : many;
    return typeof value === 'object' ? value[language] : String(value);
  });
}

const PLACE = /\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g;
