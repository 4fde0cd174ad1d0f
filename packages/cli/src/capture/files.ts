import { collectBounded, readBounded } from '../files/read-bounded.js';
import { checkPath } from '../shell/arguments.js';
import { CommandError, EXIT } from '../shell/failure.js';
import { type Capture, mergeCaptures, readCapture } from './capture.js';

/** Reads several captures of one exchange and merges them. @throws CommandError that names a file which is not a capture */
export async function readCaptures(files: readonly string[]): Promise<Capture> {
  const captures: Capture[] = [];
  for (const file of files) {
    const capture = readCapture(await readBytes(file, '<capture>'));
    if (!capture) throw new CommandError('explain.notACapture', { file }, EXIT.wrongUse);
    captures.push(capture);
  }
  return mergeCaptures(captures);
}

/**
 * Reads a file, or standard input for `-`.
 *
 * @param where the option or argument
 * @throws CommandError if it is longer than any exchange, if no data comes, or if a key was given in place of the path
 */
export async function readBytes(file: string, where: string): Promise<Buffer> {
  if (file === '-') return collectBounded(process.stdin, LARGEST);
  try {
    return readBounded(file, LARGEST);
  } catch (error) {
    if (!(error instanceof CommandError)) checkPath(file, where);
    throw error;
  }
}

/** Mebibytes: twice the longest body that a service reads (contract 5.7). */
const LARGEST = 16;
