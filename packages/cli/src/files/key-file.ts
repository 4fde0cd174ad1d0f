import path from 'node:path';
import { isPlainPath, pathFault } from '@coupon-media/apiv3';
import { CommandError, reasonText } from '../shell/failure.js';
import { readBounded } from './read-bounded.js';

/**
 * Reads a file that holds a key or a certificate. Whoever gives one may give the key itself, or a password, in place of its
 * path: what does not look like a path is not repeated.
 *
 * @param typed as it was given
 * @param where the option, variable or question that it was given to
 * @param file where it leads. Default: from the folder that the program runs in
 * @throws CommandError
 */
export function readKeyFile(typed: string, where: string, file = path.resolve(typed)): string {
  const fault = pathFault(typed);
  if (fault) throw new CommandError('key.notAPath', { where, fault });
  try {
    return readBounded(file, LARGEST).toString();
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const why = reasonText(error);
    throw isPlainPath(typed)
      ? new CommandError('key.unreadable', { where, file, why })
      : new CommandError('key.unreadableHidden', { where, why });
  }
}

/** Mebibytes. */
const LARGEST = 1;
