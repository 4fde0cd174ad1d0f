// Run by the build: writes what the program prints for `--help` and `completion` beside it. bin/start.cjs prints that without loading
// the program.

import { writeFileSync } from 'node:fs';
import type { Language } from '@coupon-media/apiv3/words';
import { CommanderError } from 'commander';
import { LANGUAGES } from './messages/messages.js';
import { programOf } from './program.js';
import { serviceCommands } from './service-cli.js';
import { createShell, type Shell } from './shell/shell.js';

/** What the program prints for a command line, on an output of some width. */
export interface PrintedText {
  /** The words of the command line: `completion bash`. */
  readonly typed: string;
  /** Whether the package of the service's commands is installed, in this release. */
  readonly hasService: boolean;
  /** The fewest and the most columns on which this is printed. */
  readonly columns: readonly [from: number, to: number];
  readonly text: string;
}

/** What an output has that is no terminal. */
const NO_TERMINAL = 80;

/** JSON has no infinity. */
const MOST = Number.MAX_SAFE_INTEGER;

for (const language of LANGUAGES)
  writeFileSync(
    new URL(`printed.${language}.json`, import.meta.url),
    JSON.stringify(await printedTexts(language)),
  );

/**
 * Gives what `--help` and `completion` print in a language. Help is given as it is without a terminal, and as it is where no line has to be
 * wrapped; on other widths the program itself prints it.
 */
async function printedTexts(language: Language): Promise<PrintedText[]> {
  const shell = await createShell({ ...process, argv: ['', '', '--lang', language] });
  const found: PrintedText[] = [];
  for (const hasService of [true, false]) {
    const printed = (typed: string, columns: number) => print(shell, hasService, typed, columns);
    const wide = await printed('--help', MOST);
    const least = Math.max(...wide.split('\n').map((line) => line.length)) + 1;
    const narrow = await printed('--help', NO_TERMINAL);
    found.push({ typed: '--help', hasService, columns: [NO_TERMINAL, NO_TERMINAL], text: narrow });
    found.push({ typed: '--help', hasService, columns: [least, MOST], text: wide });
    for (const typed of ['completion bash', 'completion zsh'])
      found.push({ typed, hasService, columns: [0, MOST], text: await printed(typed, NO_TERMINAL) });
  }
  return found;
}

async function print(shell: Shell, hasService: boolean, typed: string, columns: number): Promise<string> {
  let text = '';
  const write = (more: string): void => {
    text += more;
  };
  const here = { ...shell, out: { ...shell.out, write } };
  const program = programOf(here, await serviceCommands(here, () => hasService));
  program.configureOutput({ getOutHelpWidth: () => columns });
  try {
    await program.parseAsync(typed.split(' '), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError && error.exitCode === 0)) throw error;
  }
  return text;
}
