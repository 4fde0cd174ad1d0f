import { existsSync } from 'node:fs';
import type { Text } from '@coupon-media/apiv3';
import { collectBounded, readBounded } from '../files/read-bounded.js';
import { decodedAs, decodeText } from '../files/text.js';
import { CommandError, EXIT } from '../shell/failure.js';
import { withHome } from '../shell/home.js';
import { STDIN } from './find.js';
import { fsPath, pathOfBytes } from './raw-path.js';

/**
 * Reads a list of files, one per line, in UTF-8, UTF-16 or GBK. With `nul`, each name ends in NUL, as `find -print0` writes it,
 * so that names may contain line feeds. Empty lines, the CR of Windows, and the quotes of its "Copy as path" are ignored.
 *
 * @throws CommandError if it is a file of keys or not text, since every line would be reported as a missing file; if it is in
 *   another encoding; if it is too long, or if no data comes
 */
export async function readFileList(given: string, nul: boolean, stdin: NodeJS.ReadStream): Promise<string[]> {
  const file = withHome(given);
  const bytes = file === STDIN ? await collectBounded(stdin, LONGEST) : readBounded(file, LONGEST);
  const text = decodeText(bytes);
  const [, what] = NO_LISTS.find(([fits]) => fits(text ?? bytes.toString('latin1'), nul)) ?? [];
  if (what) throw new CommandError('find.notAList', { file, what }, EXIT.wrongUse);
  const end = nul ? '\0' : LINE_END;
  const lines = (text ?? bytes.toString('latin1')).split(end).filter((line) => line !== '');
  if (text !== undefined) return nul ? lines : lines.map(unquoted);
  return inUnknownEncoding(lines, file).map(unquoted);
}

/** The last line may have no line feed, and a carriage return all the same. */
const LINE_END = /\r?\n|\r$/;

/** Mebibytes: half a million paths. */
const LONGEST = 64;

/** Files that are not lists, the most specific first. */
const NO_LISTS: readonly (readonly [fits: (text: string, nul: boolean) => boolean, what: Text])[] = [
  [(text) => text.includes('-----BEGIN'), { en: 'keys or certificates', 'zh-CN': '密钥或证书' }],
  [(text) => /^\s*[{[]\s*"/.test(text), { en: 'JSON', 'zh-CN': ' JSON' }],
  // A filename never contains NUL, even if it is not UTF-8; images, archives and DER do.
  [(text, nul) => !nul && text.includes('\0'), { en: 'binary data', 'zh-CN': '二进制数据' }],
];

/**
 * Reads lines that are not UTF-8: names with exactly these bytes, as find prints them; else names in GBK, as Chinese Windows
 * writes them. Which of the two it is can be seen from the files.
 *
 * @param lines a character for each byte
 */
function inUnknownEncoding(lines: readonly string[], file: string): string[] {
  const read = lines.map((line) => {
    const bytes = Buffer.from(line, 'latin1');
    const raw = pathOfBytes(bytes);
    const gbk = decodedAs('gb18030', bytes);
    if (existsSync(fsPath(raw)) || gbk === undefined) return { name: raw, isFound: existsSync(fsPath(raw)) };
    return { name: gbk, isFound: existsSync(unquoted(gbk)) };
  });
  if (!read.some(({ isFound }) => isFound))
    throw new CommandError('find.notUtf8List', { file }, EXIT.wrongUse);
  return read.map(({ name }) => name);
}

/** Windows copies paths in quotes. */
function unquoted(line: string): string {
  const inner = /^"(.+)"$/.exec(line)?.[1];
  return inner === undefined || existsSync(fsPath(line)) ? line : inner;
}
