import { Command } from 'commander';
import type { Messages } from './messages/messages.js';
import { commandOf } from './program/build.js';
import type { CommandRow } from './program/row.js';
import { CommandError, EXIT, oneLine } from './shell/failure.js';
import { type Shell, withMessages } from './shell/shell.js';
import { VERSION } from './version.js';

/** The export `serviceCli` of `@coupon-media/service-cli`. */
export interface ServiceCli {
  /** The same version as this package's: both are released together. */
  readonly version: string;
  /** The sentences of its commands and their errors. */
  readonly messages: Messages<string>;
  /** Its commands. Each loads its dependencies when it runs. */
  readonly commands: readonly CommandRow<string>[];
}

/** Commands for the program, and a shell with the sentences of their errors. */
export interface ServiceCommands {
  readonly commands: readonly Command[];
  readonly shell: Shell;
}

/**
 * Loads the commands of the service. If their package is missing or of another release, each command says how to install it and
 * fails.
 *
 * @param isInstalled whether the package is there. Default: looks for it
 */
export async function serviceCommands(
  shell: Shell,
  isInstalled: () => boolean = isFound,
): Promise<ServiceCommands> {
  const found = await find(shell, isInstalled);
  if (!(found instanceof Function)) return found;
  return { commands: NAMES.map((name) => standIn(name, found(name), shell)), shell };
}

const NAMES = ['sandbox', 'serve', 'relay', 'merchant', 'platform-key', 'store', 'token', 'audit'];

/** Not a literal: the package depends on this one, so the compiler cannot build it first. */
const PACKAGE: string = '@coupon-media/service-cli';

/** @returns the commands of the package, or why a command of it cannot be run */
async function find(
  shell: Shell,
  isInstalled: () => boolean,
): Promise<ServiceCommands | ((name: string) => CommandError)> {
  if (!isInstalled()) return (name) => new CommandError('service.missing', { name }, EXIT.wrongUse);
  try {
    const { serviceCli: found }: { serviceCli?: unknown } = await import(PACKAGE);
    if (isServiceCli(found) && found.version === VERSION) {
      const theirs = await withMessages(shell, found.messages);
      return { commands: found.commands.map((row) => commandOf(row, theirs)), shell: theirs };
    }
    const theirs = isServiceCli(found) ? found.version : '?';
    return (name) => new CommandError('service.otherRelease', { name, ours: VERSION, theirs });
  } catch (error) {
    const why = oneLine(error instanceof Error ? error.message : String(error));
    return (name) => new CommandError('service.broken', { name, why });
  }
}

function isFound(): boolean {
  try {
    import.meta.resolve(PACKAGE);
    return true;
  } catch {
    return false;
  }
}

function isServiceCli(found: unknown): found is ServiceCli {
  if (typeof found !== 'object' || found === null) return false;
  const { version, messages, commands }: { [K in keyof ServiceCli]?: unknown } = found;
  return typeof version === 'string' && typeof messages === 'object' && Array.isArray(commands);
}

/** A command that accepts any arguments, `--help` too, and fails with the error. */
function standIn(name: string, error: CommandError, { say }: Shell): Command {
  return new Command(name)
    .description(say('service.needed'))
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(() => {
      throw error;
    });
}
