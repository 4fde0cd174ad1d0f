import type { MessageKey, Messages, Shell } from 'coupon-media/shell';
import { en, type ServiceKey } from './en.js';
import { zhCn } from './zh-cn.js';

export type { ServiceKey } from './en.js';

/** A shell with the sentences of this package and of coupon-media. */
export type ServiceShell = Shell<ServiceKey | MessageKey>;
export type ServiceSay = ServiceShell['say'];

export const messages: Messages<ServiceKey> = { en, 'zh-CN': zhCn };
