import { randomBytes } from 'node:crypto';
import { UNSEEN, visible } from './text.js';

/**
 * Marks a control sequence of this program, for a colour or a new line. The marks are random and made at each start, so that no
 * filename or response can contain them. All other text may be foreign, and its control characters are made visible.
 */
export function own(sequence: string): string {
  return MARK + sequence + MARK;
}

const MARK = `\x1b${randomBytes(16).toString('hex')}\x1b`;

/** Makes a line safe for a terminal: it makes control characters visible, line feeds included. */
export function shownLine(text: string): string {
  return withOwn(text, (piece) => piece.split('\t').map(visible).join('\t'));
}

/** Makes a text with several lines safe for a terminal. */
export function shownText(text: string): string {
  return withOwn(text, (piece) => piece.split('\n').map(shownLine).join('\n'));
}

/** Makes JSON safe for a terminal: it has the same value, with invisible characters escaped. */
export function shownJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent)
    .split('\n')
    .map((line) => line.replace(UNSEEN, unicodeEscaped))
    .join('\n');
}

/** JSON escapes UTF-16 code units; some characters have two. */
function unicodeEscaped(character: string): string {
  return Array.from({ length: character.length }, (_, at) => {
    const unit = character.charCodeAt(at);
    return `\\u${unit.toString(16).padStart(4, '0')}`;
  }).join('');
}

function withOwn(text: string, show: (piece: string) => string): string {
  return text
    .split(MARK)
    .map((piece, at) => (at % 2 === 1 ? piece : show(piece)))
    .join('');
}
