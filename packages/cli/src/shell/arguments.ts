import { describeText, isKeyText, pathFault, type Text } from '@coupon-media/apiv3';
import { InvalidArgumentError, Option } from 'commander';
import { CommandError, EXIT } from './failure.js';

/** What of a request is typed on a command line. */
type RequestPart = keyof typeof PARTS;

/**
 * Sees to it that what is typed for a part of a request is one: it is shown with what is found, and a key that was given in its
 * place would be, too.
 *
 * @param where the option or argument
 * @throws CommandError that shows nothing of it
 */
export function checkRequestPart(part: RequestPart, text: string | undefined, where: string): void {
  const { form, isOne }: Part = PARTS[part];
  if (text === undefined || (!isKeyText(text) && isOne.test(text))) return;
  throw new CommandError('request.notOne', { where, form, what: describeText(text) }, EXIT.wrongUse);
}

interface Part {
  /** Completes "must be …". */
  readonly form: Text;
  readonly isOne: RegExp;
}

const PARTS = {
  method: { form: { en: 'a method, as POST', 'zh-CN': '请求方法，如 POST' }, isOne: /^[a-z]{1,20}$/i },
  url: {
    form: { en: 'a URL, or its path, which begins with /', 'zh-CN': ' URL，或以 / 开头的路径' },
    isOne: /^(https?:\/\/[^/?#\s@]+|\/|v3\/|brand\/).*$/i,
  },
  // An empty one was not sent. What is malformed is what explain is there for, if it is a header at all.
  authorization: {
    form: { en: 'an Authorization header', 'zh-CN': ' Authorization 头' },
    isOne: /^$|^\s*[\w-]+:?\s+\S|\w="/,
  },
  text: { form: { en: 'the text to sign, and no key', 'zh-CN': '待签名的文本，而不是密钥' }, isOne: /^/ },
} as const satisfies Readonly<Record<string, Part>>;

/** An option that takes a whole number within bounds. */
export function numberOption(
  flags: string,
  description: string,
  [least, most]: readonly [number, number],
): Option {
  return new Option(flags, description).argParser((text) => {
    if (/^\d+$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
    throw new InvalidArgumentError(`${least} … ${most}`);
  });
}

/**
 * Sees to it that what a path belongs into is no key: with a `/` in it, it would become folders with parts of it for names.
 *
 * @param where the option or variable
 * @returns the text
 * @throws CommandError
 */
export function checkPath(text: string, where: string): string {
  const fault = pathFault(text);
  if (fault) throw new CommandError('config.notAPath', { where, fault }, EXIT.wrongUse);
  return text;
}
