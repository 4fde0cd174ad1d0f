import { fill, type Language, type Text, type TextValues as Values } from '@coupon-media/apiv3';
import { en } from './en.js';
import { zhCn } from './zh-cn.js';

/** Every sentence of this package. */
export type MessageKey = keyof typeof en;

/** A table of sentences, each in every language. */
export type Messages<Key extends string = MessageKey> = Readonly<
  Record<Language, Readonly<Record<Key, string>>>
>;

export type { TextValues as Values } from '@coupon-media/apiv3';

/** Gives a sentence in the language of whoever listens. */
export type Say<Key extends string = MessageKey> = (key: Key, values?: Values) => string;

export const messages: Messages = { en, 'zh-CN': zhCn };

export function speaker<Key extends string>(language: Language, table: Messages<Key>): Say<Key> {
  return (key, values = {}) => fill(table[language][key], language, values);
}

/** One table of two. */
export function joined<One extends string, Other extends string>(
  one: Messages<One>,
  other: Messages<Other>,
): Messages<One | Other> {
  return { en: { ...one.en, ...other.en }, 'zh-CN': { ...one['zh-CN'], ...other['zh-CN'] } };
}

/** A sentence in both languages, for where it is not yet known who listens. */
export function textOf(key: MessageKey): Text {
  return { 'zh-CN': messages['zh-CN'][key], en: messages.en[key] };
}
