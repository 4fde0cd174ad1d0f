import type { Command, Option } from 'commander';

/** A command as completion sees it. */
export interface Node {
  /** Words from the program's name on: `upload`, `merchant add`. */
  readonly path: string;
  readonly words: readonly Word[];
  /** Its subcommands and options, and what options take. */
  readonly takesFiles: boolean;
}

/** Something that can be typed, with what it is for. */
export interface Word {
  readonly text: string;
  readonly description: string;
  /** Of an option that takes a value: the values there are, or files. */
  readonly values?: readonly string[] | 'files' | 'anything';
}

/** The command tree, flat: the program itself first. */
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
