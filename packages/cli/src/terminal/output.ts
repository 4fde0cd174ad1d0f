import { UNSEEN, visible } from './visible.js';

/**
 * Marks a control sequence of this program, for a colour or a new line. The marks are random and made by each process, so that no
 * filename or response can contain them. All other text may be foreign, and its control characters are made visible.
 */
export function own(sequence: string): string {
  mark ??= `\x1b${Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('hex')}\x1b`;
  return mark + sequence + mark;
}

/** Made when it is first needed, since help without colours needs none. */
let mark: string | undefined;

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
  if (mark === undefined) return show(text);
  return text
    .split(mark)
    .map((piece, at) => (at % 2 === 1 ? piece : show(piece)))
    .join('');
}
