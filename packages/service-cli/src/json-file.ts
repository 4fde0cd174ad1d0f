import { CommandError, readBounded } from 'coupon-media/shell';
import type { ServiceKey } from './messages/messages.js';

/** MiB. */
const LIMIT = 4;

/**
 * Reads a JSON file that a person wrote.
 *
 * @throws CommandError if it is longer than 4 MiB or no JSON, or the error of the file system
 */
export function readJsonFile(file: string): unknown {
  const text = readBounded(file, LIMIT).toString('utf8');
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw new CommandError<ServiceKey>('jsonFile.wrong', { file });
  }
}
