import { collectBounded, readBounded } from '../files/read-bounded.js';
import { type MessageKey, textOf } from '../messages/messages.js';
import { CommandError, EXIT } from '../shell/failure.js';
import { STDIN } from './find.js';

/**
 * Reads a list of files, one per line. With `nul`, each name ends in NUL, as `find -print0` writes it, so that names may
 * contain line feeds. Empty lines, and the CR of Windows, are ignored.
 *
 * @throws CommandError if it is a file of keys or not text, since every line would be reported as a missing file; if it is too
 *   long, or if no data comes
 */
export async function readFileList(file: string, nul: boolean, stdin: NodeJS.ReadStream): Promise<string[]> {
  const text = String(file === STDIN ? await collectBounded(stdin, LONGEST) : readBounded(file, LONGEST));
  const [, what] = NO_LISTS.find(([fits]) => fits(text, nul)) ?? [];
  if (what) throw new CommandError('find.notAList', { file, what: textOf(what) }, EXIT.wrongUse);
  return text.split(nul ? '\0' : LINE_END).filter((line) => line !== '');
}

/** The last line may have no line feed, and a carriage return all the same. */
const LINE_END = /\r?\n|\r$/;

/** Mebibytes: half a million paths. */
const LONGEST = 64;

/** Files that are not lists, the most specific first. */
const NO_LISTS: readonly (readonly [fits: (text: string, nul: boolean) => boolean, what: MessageKey])[] = [
  [(text) => text.includes('-----BEGIN'), 'find.keys'],
  [(text) => /^\s*[{[]\s*"/.test(text), 'find.json'],
  // A filename never contains NUL, even if it is not UTF-8; images, archives and DER do.
  [(text, nul) => !nul && text.includes('\0'), 'find.bytes'],
];
