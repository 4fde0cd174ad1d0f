import type { Language } from '@coupon-media/apiv3';

/** @returns the language of the machine, as far as it is one of ours */
export function machineLanguage(): Language {
  return /^zh/i.test(Intl.DateTimeFormat().resolvedOptions().locale) ? 'zh-CN' : 'en';
}
