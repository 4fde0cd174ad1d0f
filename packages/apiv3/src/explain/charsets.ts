import { latin1 } from './latin1.js';

/**
 * Gives the bytes that result if a program writes or reads a text in another encoding than UTF-8: with the default of its library
 * (Latin-1 of Apache HttpClient), of its system (GBK of a Chinese Windows), or twice.
 *
 * @param body Latin-1 text: one character per byte
 * @returns Latin-1 texts
 */
export function otherCharsets(body: string): string[] {
  if (isAscii(body)) return [];
  const text = decoded(body, 'utf-8');
  const fromGbk = decoded(body, 'gbk');
  const forms = [
    // UTF-8 that was read as Latin-1, or Latin-1 where UTF-8 was signed.
    latin1(body),
    ...(fromGbk === undefined ? [] : [latin1(fromGbk)]),
    // What an encoding lacks becomes a question mark.
    ...(text === undefined
      ? []
      : [inGbk(text), text.replace(/[\u0100-\uffff]/g, '?'), text.replace(/[\u0080-\uffff]/g, '?')]),
  ];
  return forms.filter((form) => form !== body);
}

/** @returns whether a text of bytes is valid UTF-8 */
export function isUtf8(body: string): boolean {
  return isAscii(body) || decoded(body, 'utf-8') !== undefined;
}

function isAscii(body: string): boolean {
  return /^[\0-\x7f]*$/.test(body);
}

function decoded(body: string, charset: 'utf-8' | 'gbk'): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(Buffer.from(body, 'latin1'));
  } catch {
    return undefined;
  }
}

/** Nothing on Node encodes GBK, so the table is made by decoding each of its pairs of bytes. */
function inGbk(text: string): string {
  gbk ??= gbkTable();
  let result = '';
  for (const character of text)
    result += character < '\x80' ? character : (gbk.get(character) ?? '?'.repeat(character.length));
  return result;
}

let gbk: ReadonlyMap<string, string> | undefined;

function gbkTable(): ReadonlyMap<string, string> {
  const table = new Map<string, string>();
  const decoder = new TextDecoder('gbk');
  for (let lead = 0x81; lead < 0xff; lead += 1) {
    for (let trail = 0x40; trail < 0xff; trail += 1) {
      const character = decoder.decode(Uint8Array.of(lead, trail));
      if (character.length === 1 && character !== '\ufffd' && !table.has(character))
        table.set(character, String.fromCharCode(lead, trail));
    }
  }
  return table;
}
