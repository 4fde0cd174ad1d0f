import type { Text } from '@coupon-media/apiv3/words';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { MessageKey } from '../messages/messages.js';
import type { Shell } from '../shell/shell.js';
import type { ArgumentRow, CommandRow, OptionRow, Reading } from './row.js';

/** Makes the command of a row, in the user's language. */
export function commandOf<Key extends string>(row: CommandRow<Key>, shell: Shell<Key | MessageKey>): Command {
  const command = new Command(row.name).description(said(row.text, shell));
  for (const child of row.commands ?? []) command.addCommand(commandOf(child, shell));
  for (const argument of row.arguments ?? []) command.addArgument(argumentOf(argument, shell));
  for (const option of row.options ?? []) command.addOption(optionOf(option, shell));
  const { help, load } = row;
  if (help !== undefined)
    command.addHelpText('after', () =>
      typeof help === 'function' ? help(shell.language) : `\n${said(help, shell)}`,
    );
  if (load) command.action(async (...given) => (await load())(shell, ...given));
  return command;
}

function argumentOf<Key extends string>(
  [name, text, { choices, reading } = {}]: ArgumentRow<Key>,
  shell: Shell<Key | MessageKey>,
): Argument {
  const argument = new Argument(name, text && said(text, shell));
  if (choices) argument.choices(choices);
  if (reading) argument.argParser((typed) => read(typed, reading, shell));
  return argument;
}

function optionOf<Key extends string>(
  [flags, text, taken = {}]: OptionRow<Key>,
  shell: Shell<Key | MessageKey>,
): Option {
  const { choices, reading, default: value, defaultText, required, implies, conflicts, name } = taken;
  const option = new Option(flags, said(text, shell));
  if (choices) option.choices(choices);
  if (reading) option.argParser((typed) => read(typed, reading, shell));
  if (value !== undefined) option.default(value, defaultText);
  if (required) option.makeOptionMandatory();
  if (implies) option.implies(implies);
  if (conflicts !== undefined) option.conflicts(conflicts);
  if (name !== undefined) option.attributeName = () => name;
  return option;
}

function read<Key extends string>(
  typed: string,
  { read: readTyped, expected }: Reading<Key>,
  shell: Shell<Key | MessageKey>,
): unknown {
  const value = readTyped(typed);
  if (value === undefined) throw new InvalidArgumentError(said(expected, shell));
  return value;
}

function said<Key extends string>(text: Key | Text, { say, language }: Shell<Key>): string {
  return typeof text === 'string' ? say(text) : text[language];
}
