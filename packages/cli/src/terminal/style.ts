import { inspect } from 'node:util';
import { own } from './output.js';

/** Colours and weights as functions of text; on what is no terminal they give the text as it is. */
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

/** Only on a terminal, never where NO_COLOR is set to anything (no-color.org) or the terminal is a dumb one. */
export function wantsColour(isTerminal: boolean, environment: NodeJS.ProcessEnv): boolean {
  return isTerminal && !environment.NO_COLOR && environment.TERM !== 'dumb';
}

/** A string to sign, line by line, each line feed shown: what is wrong with one is often invisible. */
export function messageLines(message: Buffer, style: Style): string[] {
  const lines = message.toString().split('\n');
  const last = lines.pop() ?? '';
  return [...lines.map((line) => `  ${line}${style.note('\\n')}`), ...(last === '' ? [] : [`  ${last}`])];
}
