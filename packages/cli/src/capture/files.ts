import { CommandError, EXIT } from '../failure.js';
import { collectBounded, readBounded } from '../files/read-bounded.js';
import { type Capture, mergeCaptures, readCapture } from './capture.js';

/** Reads captures of one exchange as one. @throws CommandError naming a file that is none */
export async function readCaptures(files: readonly string[]): Promise<Capture> {
  const captures: Capture[] = [];
  for (const file of files) {
    const capture = readCapture(await readBytes(file));
    if (!capture) throw new CommandError('explain.notACapture', { file }, EXIT.wrongUse);
    captures.push(capture);
  }
  return mergeCaptures(captures);
}

/** A file, or standard input as `-`. @throws CommandError it is longer than any exchange, or nothing comes */
export async function readBytes(file: string): Promise<Buffer> {
  return file === '-' ? collectBounded(process.stdin, LARGEST) : readBounded(file, LARGEST);
}

/** Mebibytes: twice the longest body that a service reads (contract 5.7). */
const LARGEST = 16;
