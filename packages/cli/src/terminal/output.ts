import { randomBytes } from 'node:crypto';
import { UNSEEN, visible } from './text.js';

/**
 * What this program itself tells a terminal to do: to colour, to begin a line. It stands between marks that are drawn at each
 * start, so that no file, name or response can have them in it: all else may be foreign text, and is only shown.
 */
export function own(sequence: string): string {
  return MARK + sequence + MARK;
}

const MARK = `\x1b${randomBytes(16).toString('hex')}\x1b`;

/** A line as it may go to a terminal: whatever would do anything there is shown instead, line feeds too. */
export function shownLine(text: string): string {
  return withOwn(text, (piece) => piece.split('\t').map(visible).join('\t'));
}

/** A text with lines of its own, as it may go to a terminal. */
export function shownText(text: string): string {
  return withOwn(text, (piece) => piece.split('\n').map(shownLine).join('\n'));
}

/** JSON as it may go to a terminal: the same value for whoever reads it, with nothing in it that is not seen. */
export function shownJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent)
    .split('\n')
    .map((line) => line.replace(UNSEEN, unicodeEscaped))
    .join('\n');
}

/** JSON escapes units of UTF-16, of which some characters have two. */
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
