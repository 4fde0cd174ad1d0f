/**
 * Decodes a text file of any editor: UTF-8 with or without a byte order mark, or UTF-16, as Notepad and PowerShell write it.
 *
 * @returns the text without a byte order mark; undefined if it is in another encoding
 */
export function decodeText(bytes: Buffer): string | undefined {
  const [, encoding] = BEGINNINGS.find(([beginning]) => beginning.test(bytes.toString('latin1', 0, 4))) ?? [];
  return decodedAs(encoding ?? 'utf-8', bytes);
}

/** The same, where an error in UTF-8 is not important: its bytes become U+FFFD. */
export function textOfBytes(bytes: Buffer): string {
  return decodeText(bytes) ?? bytes.toString();
}

/** @returns undefined if the bytes are not valid in the encoding */
export function decodedAs(encoding: string, bytes: Buffer): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Byte order marks, and ASCII text in UTF-16 without one. */
const BEGINNINGS: readonly (readonly [beginning: RegExp, encoding: string])[] = [
  [/^\xff\xfe|^[^\0]\0[^\0]\0/, 'utf-16le'],
  [/^\xfe\xff|^\0[^\0]\0[^\0]/, 'utf-16be'],
];
