import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { CommandError, EXIT } from '../failure.js';
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

/** A file, or standard input as `-`. */
export function readBytes(file: string): Promise<Buffer> {
  return file === '-' ? buffer(process.stdin) : readFile(file);
}
