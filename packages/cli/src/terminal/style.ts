import { own } from './output.js';

/** Colours and weights as functions of text; on what is no terminal they give the text as it is. */
export interface Style {
  good(text: string): string;
  bad(text: string): string;
  note(text: string): string;
  strong(text: string): string;
  faint(text: string): string;
}

/** ANSI codes, on and off. */
const CODES: Readonly<Record<keyof Style, readonly [on: number, off: number]>> = {
  good: [32, 39],
  bad: [31, 39],
  note: [33, 39],
  strong: [1, 22],
  faint: [2, 22],
};

export function styleFor(coloured: boolean): Style {
  const paint = (name: keyof Style) => (text: string) =>
    coloured && text !== '' ? own(`\x1b[${CODES[name][0]}m`) + text + own(`\x1b[${CODES[name][1]}m`) : text;
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
