#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import { helpIn } from './messages/help.js';
import { LANGUAGES } from './messages/messages.js';
import { wrongUseIn } from './messages/wrong-use.js';
import { commandOf } from './program/build.js';
import { COMMANDS, COMPLETION } from './program/table.js';
import { serviceCommands } from './service-cli.js';
import { CommandError, describeFailure, EXIT } from './shell/failure.js';
import { createShell } from './shell/shell.js';
import { VERSION } from './version.js';

// Only what help and completion need is imported here. A test counts the modules.

const shell = await createShell(process);
const { say, out, err } = shell;
const service = await serviceCommands(shell);

const program = new Command('coupon-media')
  .description(say('program.description'))
  .version(VERSION, '-V, --version', say('program.version'))
  .addOption(new Option('--lang <language>', say('program.lang')).choices(LANGUAGES));
for (const row of COMMANDS) {
  program.addCommand(commandOf(row, shell).hook('preAction', warnOfUnknownVariables));
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

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed the error or the help.
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.wrongUse;
  } else {
    err.lines(`coupon-media: ${describeFailure(error, service.shell)}`);
    process.exitCode =
      error instanceof CommandError ? error.exitCode : (process.exitCode ?? EXIT.misconfigured);
  }
}

async function warnOfUnknownVariables(): Promise<void> {
  const unknown = await import('./profile/unknown.js');
  unknown.warnOfUnknownVariables(shell);
}
