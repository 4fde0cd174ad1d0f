import type { Argument, Command, Help, Option } from 'commander';
import type { MessageKey, Say, Translator } from './messages.js';

/** Translates the texts that commander itself adds to the help. */
export function helpIn({ say }: Pick<Translator, 'say'>): Partial<Help> {
  const described = (text: string, notes: readonly (string | undefined)[]): string => {
    const said = notes.filter((note) => note !== undefined).join(say('list.comma'));
    return said === '' ? text : say('help.withNotes', { text, notes: said });
  };
  const choices = ({ argChoices }: Option | Argument): string | undefined =>
    argChoices && say('help.choices', { list: argChoices.join(say('list.comma')) });
  return {
    styleTitle: (title) => (TITLES[title] ? say(TITLES[title]) : title),
    subcommandDescription: (command: Command) =>
      command.name() === 'help' ? say('help.command') : command.description(),
    optionDescription: (option: Option) =>
      option.long === '--help'
        ? say('help.option')
        : described(option.description, [choices(option), defaultOf(option, say)]),
    argumentDescription: (argument: Argument) => described(argument.description, [choices(argument)]),
  };
}

const TITLES: Readonly<Record<string, MessageKey>> = {
  'Usage:': 'help.usage',
  'Arguments:': 'help.arguments',
  'Options:': 'help.options',
  'Global Options:': 'help.globalOptions',
  'Commands:': 'help.commands',
};

/** As in commander, the default of an option without a value is not shown. */
function defaultOf(option: Option, say: Say): string | undefined {
  const { defaultValue, defaultValueDescription, required, optional } = option;
  if (defaultValue === undefined || !(required || optional)) return undefined;
  return say('help.default', { value: defaultValueDescription ?? String(defaultValue) });
}
