#!/usr/bin/env node
import { CommanderError } from 'commander';
import { programOf } from './program.js';
import { serviceCommands } from './service-cli.js';
import { CommandError, describeFailure, EXIT } from './shell/failure.js';
import { createShell } from './shell/shell.js';

// Only what help and completion need is imported here. A test counts the modules.

const shell = await createShell(process);
const service = await serviceCommands(shell);

try {
  await programOf(shell, service).parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed the error or the help.
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.wrongUse;
  } else {
    shell.err.lines(`coupon-media: ${describeFailure(error, service.shell)}`);
    process.exitCode =
      error instanceof CommandError ? error.exitCode : (process.exitCode ?? EXIT.misconfigured);
  }
}
