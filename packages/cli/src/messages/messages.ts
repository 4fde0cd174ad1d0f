import { fill, type Language, type Text, type TextValues as Values } from '@coupon-media/apiv3';
import { en, type MessageKey } from './en.js';
import { zhCn } from './zh-cn.js';

/** A table of sentences, each in every language. */
export type Messages<Key extends string = MessageKey> = Readonly<
  Record<Language, Readonly<Record<Key, string>>>
>;

export type { TextValues as Values } from '@coupon-media/apiv3';
export type { MessageKey } from './en.js';

/** Gives a sentence in the user's language. */
export type Say<Key extends string = MessageKey> = (key: Key, values?: Values) => string;

/** Translates into the user's language. */
export interface Translator<Key extends string = MessageKey> {
  readonly language: Language;
  readonly say: Say<Key>;
}

export const messages: Messages = { en, 'zh-CN': zhCn };

export function createSay<Key extends string>(language: Language, table: Messages<Key>): Say<Key> {
  return (key, values = {}) => fill(table[language][key], language, values);
}

/** Joins two tables. */
export function joined<One extends string, Other extends string>(
  one: Messages<One>,
  other: Messages<Other>,
): Messages<One | Other> {
  return { en: { ...one.en, ...other.en }, 'zh-CN': { ...one['zh-CN'], ...other['zh-CN'] } };
}

/** Gives a sentence in both languages, for code that does not know the user's language. */
export function textOf(key: MessageKey): Text {
  return { 'zh-CN': messages['zh-CN'][key], en: messages.en[key] };
}

export const LANGUAGES: readonly Language[] = ['zh-CN', 'en'];

/**
 * The language of the program: `--lang`, else the locale of the environment in the order of POSIX, else that of the system. It
 * is decided before the command line is parsed, since help and errors use it, too.
 *
 * @param system the locale of the system in BCP 47; Windows sets none of those variables
 */
export function languageOf(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  system: string = new Intl.PluralRules().resolvedOptions().locale,
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
