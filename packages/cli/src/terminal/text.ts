import stringWidth from 'string-width';

/** @returns the terminal columns of a text: two for East Asian wide characters and emoji, none for combining marks */
export function width(text: string): number {
  if (text.length <= PIECE) return stringWidth(text);
  return pieces(text).reduce((sum, piece) => sum + stringWidth(piece), 0);
}

/**
 * Characters that are measured at a time: string-width needs 10 s for 64 KiB of some texts, and a service may send such a message. A
 * cluster that is divided counts a column or two more.
 */
const PIECE = 512;

function pieces(text: string): string[] {
  const all: string[] = [];
  for (let at = 0; at < text.length; at += PIECE) all.push(text.slice(at, at + PIECE));
  return all;
}

/** @returns the text, padded with spaces to a width */
export function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}

/** Splits a text into user-perceived characters, so that an emoji of several code points is never divided. */
const SEGMENTER = new Intl.Segmenter();

/** @returns the text, shortened in the middle if it is too wide, since the beginning and the end of a path say most */
export function shortened(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  const enough = Math.max(PIECE, columns * 16);
  const tail = taken(clusters(text.slice(-enough)).reverse(), Math.ceil((columns - 1) * 0.6)).reverse();
  const head = taken(clusters(text.slice(0, enough)), columns - 1 - width(tail.join('')));
  return `${head.join('')}…${tail.join('')}`;
}

function clusters(text: string): string[] {
  return Array.from(SEGMENTER.segment(text), ({ segment }) => segment);
}

function taken(characters: readonly string[], columns: number): string[] {
  let used = 0;
  const end = characters.findIndex((character) => {
    used += width(character);
    return used > columns;
  });
  return characters.slice(0, end < 0 ? undefined : end);
}

/**
 * Breaks a text into lines, at spaces or between Chinese characters.
 *
 * @param columns the width of a line; a longer word is not broken, so that it can be copied
 */
export function broken(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.match(WORDS) ?? []) {
    if (line !== '' && width(line + word.trimEnd()) > columns) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += word;
  }
  return [...lines, line.trimEnd()];
}

/** A Chinese character with the punctuation after it, which must not begin a line, or a word with its space. */
const WORDS =
  /[\u3400-\u9fff][\u3001-\u3002\u3009-\u3011\u2019\u201d\uff01-\uff0f\uff1a-\uff1f]*|[^\s\u3400-\u9fff]+\s*|\s+/gu;
