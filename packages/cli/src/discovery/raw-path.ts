import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

// Names on Linux are bytes, and those of a Windows archive unpacked there are not UTF-8. A path here is a string in which
// each byte that is not UTF-8 is a single surrogate, U+DC80 to U+DCFF, as in Python (PEP 383). No valid text has one, so the
// bytes can be restored.

/** @returns the path of these bytes */
export function pathOfBytes(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(SEQUENCES, (sequence, stray?: string) =>
      stray === undefined
        ? Buffer.from(sequence, 'latin1').toString()
        : String.fromCharCode(0xdc00 + stray.charCodeAt(0)),
    );
}

/** @returns the path in the form that the file system takes: bytes if it is not UTF-8 */
export function fsPath(text: string): string | Buffer {
  if (!isRaw(text)) return text;
  const pieces = text.split(/([\udc80-\udcff])/u);
  return Buffer.concat(
    pieces.map((piece, at) =>
      at % 2 === 1 ? Buffer.from([piece.charCodeAt(0) - 0xdc00]) : Buffer.from(piece),
    ),
  );
}

/** @returns whether the path has bytes that are not UTF-8 */
export function isRaw(text: string): boolean {
  return /[\udc80-\udcff]/u.test(text);
}

/** @returns the last part of a path for people: a name that is not UTF-8 is read as GBK, as Chinese Windows writes it */
export function readableName(file: string): string {
  const name = path.basename(file);
  if (!isRaw(name)) return name;
  try {
    return new TextDecoder('gb18030', { fatal: true }).decode(Buffer.from(fsPath(name)));
  } catch {
    return name;
  }
}

/**
 * Finds the files that a path with U+FFFD stands for: Node puts it in place of bytes of an argument that are not UTF-8, and
 * several names may become the same text.
 */
export async function withLostBytes(text: string): Promise<string[]> {
  const { root } = path.parse(text);
  let found = [root];
  for (const part of text.slice(root.length).split('/')) {
    const next: string[] = [];
    for (const folder of found) next.push(...(await entriesLike(folder, part)));
    found = next;
  }
  return found;
}

/** Valid sequences of UTF-8 (RFC 3629), or one byte that belongs to none. */
const SEQUENCES =
  /[\0-\x7f]+|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|([\x80-\xff])/g;

async function entriesLike(folder: string, part: string): Promise<string[]> {
  const plain = path.join(folder, part);
  if (!part.includes('\ufffd') || (await exists(plain))) return [plain];
  const entries = await readdir(fsPath(folder || '.'), { encoding: 'buffer' }).catch(() => []);
  return entries
    .filter((entry) => entry.toString() === part)
    .map((entry) => path.join(folder, pathOfBytes(entry)));
}

async function exists(file: string): Promise<boolean> {
  return stat(fsPath(file)).then(
    () => true,
    () => false,
  );
}
