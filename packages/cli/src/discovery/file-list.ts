import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { STDIN } from './find.js';

/**
 * Reads a list of files: a line each, or with `nul` ended by NUL each, as `find -print0` writes them, so that names with
 * line feeds can be in it. Empty lines, and the CR that Windows leaves, are passed over.
 */
export async function readFileList(file: string, nul: boolean, stdin: NodeJS.ReadStream): Promise<string[]> {
  const text = String(file === STDIN ? await buffer(stdin) : await readFile(file));
  return text.split(nul ? '\0' : /\r?\n/).filter((line) => line !== '');
}
