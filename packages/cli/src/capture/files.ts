import { collectBounded, readBounded } from '../files/read-bounded.js';
import { checkPath } from '../shell/arguments.js';
import { CommandError, EXIT } from '../shell/failure.js';
import { type Capture, mergeCaptures, readCapture } from './capture.js';

/** Reads several captures of one exchange and merges them. @throws CommandError that names a file which is not a capture, or holds a secret */
export async function readCaptures(files: readonly string[]): Promise<Capture> {
  const captures: Capture[] = [];
  for (const file of files) {
    const bytes = await readBytes(file, '<capture>');
    if (SECRET.test(bytes.toString('latin1')))
      throw new CommandError('explain.holdsSecret', { file }, EXIT.wrongUse);
    const capture = readCapture(bytes);
    if (!capture) throw new CommandError('explain.notACapture', { file }, EXIT.wrongUse);
    captures.push(capture);
  }
  return mergeCaptures(captures);
}

/**
 * A private key, or a profile that contains a secret as text. What is found in a capture is printed, and no request or answer of
 * WeChat Pay contains these.
 */
const SECRET = /-----BEGIN [A-Z ]*PRIVATE KEY-----|"(?:privateKey|apiV3Key)"\s*:\s*"/;

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
