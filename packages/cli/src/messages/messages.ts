import type { Language } from '@coupon-media/apiv3';
import { en } from './en.js';
import { zhCn } from './zh-cn.js';

/** Every sentence that this program says. */
export type MessageKey = keyof typeof en;

/** What stands for `{name}` in a sentence. */
export type Values = Readonly<Record<string, string | number>>;

/** Gives a sentence in the language of whoever listens. */
export type Say = (key: MessageKey, values?: Values) => string;

export const messages: Readonly<Record<Language, Readonly<Record<MessageKey, string>>>> = {
  en,
  'zh-CN': zhCn,
};

export function speaker(language: Language): Say {
  return (key, values = {}) => filled(messages[language][key], values);
}

/** `{n}` is a value; `{n:picture|pictures}` is the first where it is 1, else the second. */
function filled(template: string, values: Values): string {
  return template.replace(
    /\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g,
    (_, name: string, one?: string, many?: string) => {
      const value = values[name] ?? '';
      return one === undefined ? String(value) : String(value === 1 ? one : many);
    },
  );
}
