import { Command, Option } from 'commander';
import { helpIn } from './messages/help.js';
import { LANGUAGES } from './messages/messages.js';
import { wrongUseIn } from './messages/wrong-use.js';
import { commandOf } from './program/build.js';
import { COMMANDS, COMPLETION } from './program/table.js';
import type { ServiceCommands } from './service-cli.js';
import type { Shell } from './shell/shell.js';
import { VERSION } from './version.js';

/** Makes the program: all commands, in the user's language. */
export function programOf(shell: Shell, service: ServiceCommands): Command {
  const { say, out, err } = shell;
  const program = new Command('coupon-media')
    .description(say('program.description'))
    .version(VERSION, '-V, --version', say('program.version'))
    .addOption(new Option('--lang <language>', say('program.lang')).choices(LANGUAGES));
  for (const row of COMMANDS) {
    program.addCommand(commandOf(row, shell).hook('preAction', () => warnOfUnknownVariables(shell)));
  }
  for (const command of service.commands) program.addCommand(command);
  program.addCommand(commandOf(COMPLETION, shell));

  for (const command of [
    program,
    ...program.commands,
    ...program.commands.flatMap((group) => group.commands),
  ]) {
    command
      .exitOverride()
      .configureHelp(helpIn(shell))
      .configureOutput({
        writeOut: out.write,
        writeErr: err.write,
        outputError: (text) => err.write(wrongUseIn(text, shell)),
      })
      .showHelpAfterError(say('program.helpHint'));
  }
  return program;
}

async function warnOfUnknownVariables(shell: Shell): Promise<void> {
  const unknown = await import('./profile/unknown.js');
  unknown.warnOfUnknownVariables(shell);
}
