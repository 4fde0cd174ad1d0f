import { fill, type Language, type Text, type TextValues as Values } from '@coupon-media/apiv3';
import { en, type MessageKey } from './en.js';
import { zhCn } from './zh-cn.js';

/** A table of sentences, each in every language. */
export type Messages<Key extends string = MessageKey> = Readonly<
  Record<Language, Readonly<Record<Key, string>>>
>;

export type { TextValues as Values } from '@coupon-media/apiv3';
export type { MessageKey } from './en.js';

/** Gives a sentence in the language of whoever listens. */
export type Say<Key extends string = MessageKey> = (key: Key, values?: Values) => string;

/** Speaks the language of whoever listens. */
export interface Translator<Key extends string = MessageKey> {
  readonly language: Language;
  readonly say: Say<Key>;
}

export const messages: Messages = { en, 'zh-CN': zhCn };

export function createSay<Key extends string>(language: Language, table: Messages<Key>): Say<Key> {
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

export const LANGUAGES: readonly Language[] = ['zh-CN', 'en'];

/**
 * The language to speak: `--lang`, else the locale of the environment as POSIX ranks its variables, else that of the system.
 * Looked up before the command line is read, since help and its errors are in it, too.
 *
 * @param system BCP 47; Windows has its locale here alone, and sets none of those variables
 */
export function languageOf(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  system: string = Intl.DateTimeFormat().resolvedOptions().locale,
): Language {
  const asked = LANGUAGES.find((language) => language === askedFor(args));
  const locale = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || system;
  return asked ?? (/^zh/i.test(locale) ? 'zh-CN' : 'en');
}

function askedFor(args: readonly string[]): string | undefined {
  const at = args.findIndex((arg) => arg === '--lang' || arg.startsWith('--lang='));
  if (at < 0) return undefined;
  return args[at] === '--lang' ? args[at + 1] : args[at]?.slice('--lang='.length);
}
