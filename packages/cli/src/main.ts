#!/usr/bin/env node
import { VERSION } from '@coupon-media/apiv3';
import { Command, CommanderError, Option } from 'commander';
import { completionCommand } from './commands/completion.js';
import { configCommand } from './commands/config.js';
import { doctorCommand } from './commands/doctor.js';
import { explainCommand } from './commands/explain.js';
import { signCommand } from './commands/sign.js';
import { uploadCommand } from './commands/upload.js';
import { verifyCommand } from './commands/verify.js';
import { helpIn } from './messages/help.js';
import { LANGUAGES } from './messages/messages.js';
import { wrongUseIn } from './messages/wrong-use.js';
import { warnOfUnknownVariables } from './profile/unknown.js';
import { serviceCommands } from './service-cli.js';
import { CommandError, describeFailure, EXIT } from './shell/failure.js';
import { createShell } from './shell/shell.js';

const shell = createShell(process);
const { say, out, err } = shell;
const service = await serviceCommands(shell);

const program = new Command('coupon-media')
  .description(say('program.description'))
  .version(VERSION, '-V, --version', say('program.version'))
  .addOption(new Option('--lang <language>', say('program.lang')).choices(LANGUAGES));
const own = [uploadCommand, doctorCommand, explainCommand, signCommand, verifyCommand, configCommand];
for (const command of own) {
  program.addCommand(command(shell).hook('preAction', () => warnOfUnknownVariables(shell)));
}
for (const command of service.commands) program.addCommand(command);
program.addCommand(completionCommand(shell));

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
