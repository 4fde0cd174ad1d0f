import type { Language } from '@coupon-media/apiv3';

/** @returns the language of the machine, as far as it is one of ours */
export function machineLanguage(): Language {
  // All of Intl know the locale of the system. The rules of plurals are ready in a fiftieth of the time that a calendar takes.
  return /^zh/i.test(new Intl.PluralRules().resolvedOptions().locale) ? 'zh-CN' : 'en';
}
