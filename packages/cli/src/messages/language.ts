import type { Language } from '@coupon-media/apiv3';

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
