import type { MessageKey, Messages, Shell } from 'coupon-media/shell';
import { en, type ServiceKey } from './en.js';
import { zhCn } from './zh-cn.js';

export type { ServiceKey } from './en.js';

/** A shell that says this package's sentences, and coupon-media's. */
export type ServiceShell = Shell<ServiceKey | MessageKey>;

export const messages: Messages<ServiceKey> = { en, 'zh-CN': zhCn };
