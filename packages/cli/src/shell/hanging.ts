import { own } from '../terminal/output.js';
import { broken } from '../terminal/text.js';
import { visible } from '../terminal/visible.js';
import type { Output } from './shell.js';

/**
 * Formats a paragraph after a prefix of `indent` columns. On a terminal, it is broken into lines with this indent.
 *
 * @param paint the style of each line
 */
export function hanging(
  { isTerminal, columns }: Output,
  indent: number,
  text: string,
  paint: (line: string) => string = (line) => line,
): string {
  const lines = isTerminal ? broken(visible(text), columns() - indent - 1) : [text];
  return lines.map(paint).join(own(`\n${' '.repeat(indent)}`));
}
