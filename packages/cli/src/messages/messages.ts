import { fill, type Language, type TextValues as Values } from '@coupon-media/apiv3/words';
import type { MessageKey } from './en.js';

/** Sentences in one language. */
export type Sentences<Key extends string = MessageKey> = Readonly<Record<Key, string>>;

/** Loads the sentences of a language. The other language stays on the disk. */
export type Messages<Key extends string = MessageKey> = Readonly<
  Record<Language, () => Promise<Sentences<Key>>>
>;

export type { TextValues as Values } from '@coupon-media/apiv3/words';
export type { MessageKey } from './en.js';

/** Gives a sentence in the user's language. */
export type Say<Key extends string = MessageKey> = (key: Key, values?: Values) => string;

/** Translates into the user's language. */
export interface Translator<Key extends string = MessageKey> {
  readonly language: Language;
  readonly say: Say<Key>;
}

export const messages: Messages = {
  en: async () => (await import('./en.js')).en,
  'zh-CN': async () => (await import('./zh-cn.js')).zhCn,
};

export function createSay<Key extends string>(language: Language, sentences: Sentences<Key>): Say<Key> {
  return (key, values = {}) => fill(sentences[key], language, values);
}

export const LANGUAGES: readonly Language[] = ['zh-CN', 'en'];

/**
 * The language of the program: `--lang`, else the locale of the environment in the order of POSIX, else that of the system. It
 * is decided before the command line is parsed, since help and errors use it, too.
 *
 * @param system gives the locale of the system in BCP 47; Windows sets none of those variables
 */
export function languageOf(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  system: () => string = () => new Intl.PluralRules().resolvedOptions().locale,
): Language {
  const asked = LANGUAGES.find((language) => language === askedFor(args));
  if (asked) return asked;
  const locale = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || system();
  return /^zh/i.test(locale) ? 'zh-CN' : 'en';
}

function askedFor(args: readonly string[]): string | undefined {
  const at = args.findIndex((arg) => arg === '--lang' || arg.startsWith('--lang='));
  if (at < 0) return undefined;
  return args[at] === '--lang' ? args[at + 1] : args[at]?.slice('--lang='.length);
}
