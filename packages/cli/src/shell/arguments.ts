import { describeText, isKeyText, pathFault, type Text } from '@coupon-media/apiv3/words';
import { CommandError, EXIT } from './failure.js';
import { withHome } from './home.js';

/** The parts of a request that are typed on a command line. */
type RequestPart = keyof typeof PARTS;

/**
 * Checks that the text typed for a part of a request has its form. The findings show it, and they must not show a key that was
 * typed in its place.
 *
 * @param where the option or argument
 * @throws CommandError that does not show the text
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
  // An empty header means that it was not sent. A malformed one is allowed, since explain diagnoses it, if it looks like a
  // header at all.
  authorization: {
    form: { en: 'an Authorization header', 'zh-CN': ' Authorization 头' },
    isOne: /^$|^\s*[\w-]+:?\s+\S|\w="/,
  },
  text: { form: { en: 'the text to sign, and no key', 'zh-CN': '待签名的文本，而不是密钥' }, isOne: /^/ },
} as const satisfies Readonly<Record<string, Part>>;

/**
 * Checks that a path is not a key: a key with a `/` would become folders named by its parts.
 *
 * @param where the option or variable
 * @returns the path, with the home folder in place of `~`
 * @throws CommandError
 */
export function checkPath(text: string, where: string): string {
  const fault = pathFault(text);
  if (fault) throw new CommandError('config.notAPath', { where, fault }, EXIT.wrongUse);
  return withHome(text);
}
