/**
 * Makes foreign text safe to print: a filename or a message of a service may contain line feeds, escape sequences and marks
 * that change the direction of writing.
 */
export function visible(text: string): string {
  return text.replace(UNSEEN, escaped);
}

/** Invisible characters with an effect: control, format and separator characters, and single surrogates. */
export const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  // A byte of a filename that is not UTF-8.
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${hex(code - 0xdc00, 2)}`;
  return SHORT[character] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u{${hex(code, 4)}}`);
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\x1b': '\\e' };

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
