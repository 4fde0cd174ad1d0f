import path from 'node:path';
import { isPlainPath, keyText, pathFault } from '@coupon-media/apiv3';
import { CommandError, reasonText } from '../shell/failure.js';
import { readBounded } from './read-bounded.js';

/**
 * Reads a file that holds a key or a certificate. The given path may be the key itself or a password by mistake, so a text that
 * does not look like a path is not repeated.
 *
 * @param typed the path as given
 * @param where the option, variable or question
 * @param file the resolved path. Default: relative to the working directory
 * @throws CommandError
 */
export function readKeyFile(typed: string, where: string, file = path.resolve(typed)): string {
  const fault = pathFault(typed);
  if (fault) throw new CommandError('key.notAPath', { where, fault });
  try {
    return keyText(readBounded(file, LARGEST));
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
