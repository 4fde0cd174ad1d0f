import { knowInstances } from './instances.js';

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

/**
 * Puts values into a text, in both languages.
 *
 * @example
 * ```ts
 * import { filled } from '@coupon-media/apiv3';
 *
 * const text = filled({ 'zh-CN': '没有商户 {id}', en: 'there is no merchant {id}' }, { id: '1900000001' });
 * console.log(text.en); // 'there is no merchant 1900000001'
 * ```
 */
export function filled(text: Text, values: TextValues): Text {
  return { 'zh-CN': fill(text['zh-CN'], 'zh-CN', values), en: fill(text.en, 'en', values) };
}

/**
 * Makes a text of what is the same in both languages: a name, a number, the message of other software.
 *
 * @example
 * ```ts
 * import { both } from '@coupon-media/apiv3';
 *
 * console.log(both('PostgreSQL')['zh-CN']); // 'PostgreSQL'
 * ```
 */
export function both(text: string): Text {
  return { 'zh-CN': text, en: text };
}

/**
 * Joins what is wrong and the reason.
 *
 * @example
 * ```ts
 * import { withReason } from '@coupon-media/apiv3';
 *
 * const reason = { 'zh-CN': '连接被拒绝', en: 'the connection was refused' };
 * console.log(withReason('db:5432', reason).en); // 'db:5432: the connection was refused'
 * ```
 */
export function withReason(what: string | Text, reason: string | Text): Text {
  return filled({ 'zh-CN': '{what}：{reason}', en: '{what}: {reason}' }, { what, reason });
}

/** An error with its message in both languages. `message` is the English text; programs decide by its `code`. */
export abstract class BilingualError extends Error {
  /** The message in both languages, on one line. */
  readonly texts: Text;

  constructor(texts: Text, options?: ErrorOptions) {
    super(texts.en, options);
    this.texts = texts;
  }
}
knowInstances('@coupon-media/apiv3', { BilingualError });

const PLACE = /\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g;
