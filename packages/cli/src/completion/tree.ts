import type { Command, Option } from 'commander';

/** A command with the data for completion. */
export interface Node {
  /** The words after the program's name: `upload`, `merchant add`. */
  readonly path: string;
  readonly words: readonly Word[];
  /** Whether its arguments are files. */
  readonly takesFiles: boolean;
}

/** A word that can be typed, with its description. */
export interface Word {
  readonly text: string;
  readonly description: string;
  /** The possible values of an option, or files; undefined if it takes no value. */
  readonly values?: readonly string[] | 'files' | 'anything';
}

/** Flattens the command tree; the program itself comes first. */
export function commandTree(program: Command): Node[] {
  return nodesOf(program, [], program.options);
}

function nodesOf(command: Command, path: readonly string[], inherited: readonly Option[]): Node[] {
  const options = [...command.options, ...inherited.filter((option) => !command.options.includes(option))];
  const own: Node = {
    path: path.join(' '),
    words: [
      ...command.commands.map((child) => ({ text: child.name(), description: child.description() })),
      ...options.filter(({ hidden }) => !hidden).flatMap(optionWords),
      { text: '--help', description: '' },
    ],
    takesFiles: command.registeredArguments.some((argument) => /file|path|capture/i.test(argument.name())),
  };
  const below = command.commands.flatMap((child) => nodesOf(child, [...path, child.name()], inherited));
  return [own, ...below];
}

function optionWords(option: Option): Word[] {
  const { short, long, description, argChoices, flags } = option;
  const takesValue = option.required || option.optional;
  const values = argChoices ?? (/<(file|dir|path)>/.test(flags) ? 'files' : 'anything');
  return [long, short]
    .filter((text) => text !== undefined && text !== null)
    .map((text) => ({ text, description, ...(takesValue && { values }) }));
}
