import { collectBounded, readBounded } from '../files/read-bounded.js';
import { type MessageKey, textOf } from '../messages/messages.js';
import { CommandError, EXIT } from '../shell/failure.js';
import { STDIN } from './find.js';

/**
 * Reads a list of files: a line each, or with `nul` ended by NUL each, as `find -print0` writes them, so that names with
 * line feeds can be in it. Empty lines, and the CR that Windows leaves, are passed over.
 *
 * @throws CommandError it is a file of keys, or no text: every line would be told as a file that is not there; or it is longer
 *   than a list may be, or nothing comes
 */
export async function readFileList(file: string, nul: boolean, stdin: NodeJS.ReadStream): Promise<string[]> {
  const text = String(file === STDIN ? await collectBounded(stdin, LONGEST) : readBounded(file, LONGEST));
  const [, what] = NO_LISTS.find(([fits]) => fits(text, nul)) ?? [];
  if (what) throw new CommandError('find.notAList', { file, what: textOf(what) }, EXIT.wrongUse);
  return text.split(nul ? '\0' : /\r?\n/).filter((line) => line !== '');
}

/** Mebibytes: half a million paths. */
const LONGEST = 64;

/** What is given in place of a list, the most telling first. */
const NO_LISTS: readonly (readonly [fits: (text: string, nul: boolean) => boolean, what: MessageKey])[] = [
  [(text) => text.includes('-----BEGIN'), 'find.keys'],
  [(text) => /^\s*[{[]\s*"/.test(text), 'find.json'],
  // A name that is no UTF-8 has no NUL in it: images, archives and DER do.
  [(text, nul) => !nul && text.includes('\0'), 'find.bytes'],
];
