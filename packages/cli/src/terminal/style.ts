import { inspect } from 'node:util';
import { own } from './output.js';

/** Functions for colours and weights. Without a terminal, they return the text unchanged. */
export interface Style {
  good(text: string): string;
  bad(text: string): string;
  note(text: string): string;
  strong(text: string): string;
  faint(text: string): string;
}

/** How each is painted, in the words of Node's own table of escape sequences. */
const PAINTS: Readonly<Record<keyof Style, 'green' | 'red' | 'yellow' | 'bold' | 'dim'>> = {
  good: 'green',
  bad: 'red',
  note: 'yellow',
  strong: 'bold',
  faint: 'dim',
};

export function styleFor(coloured: boolean): Style {
  const paint = (name: keyof Style) => (text: string) => {
    const [on, off] = inspect.colors[PAINTS[name]] ?? [];
    return coloured && text !== '' ? own(`\x1b[${on}m`) + text + own(`\x1b[${off}m`) : text;
  };
  return {
    good: paint('good'),
    bad: paint('bad'),
    note: paint('note'),
    strong: paint('strong'),
    faint: paint('faint'),
  };
}

/** Colours are used only on a terminal, never if NO_COLOR is set (no-color.org) or the terminal is dumb. */
export function wantsColour(isTerminal: boolean, environment: NodeJS.ProcessEnv): boolean {
  return isTerminal && !environment.NO_COLOR && environment.TERM !== 'dumb';
}

/** Shows a string to sign, line by line with visible line feeds, since its mistakes are often invisible. */
export function messageLines(message: Buffer, style: Style): string[] {
  const lines = message.toString().split('\n');
  const last = lines.pop() ?? '';
  return [...lines.map((line) => `  ${line}${style.note('\\n')}`), ...(last === '' ? [] : [`  ${last}`])];
}
