import { pathFault } from '@coupon-media/apiv3';
import { CommandError, EXIT } from './shell/failure.js';

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
