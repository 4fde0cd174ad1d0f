import type { MessageKey, Messages, Shell } from 'coupon-media/shell';
import type { ServiceKey } from './en.js';

export type { ServiceKey } from './en.js';

/** A shell with the sentences of this package and of coupon-media. */
export type ServiceShell = Shell<ServiceKey | MessageKey>;
export type ServiceSay = ServiceShell['say'];

export const messages: Messages<ServiceKey> = {
  en: async () => (await import('./en.js')).en,
  'zh-CN': async () => (await import('./zh-cn.js')).zhCn,
};
