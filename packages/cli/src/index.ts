// The entry `coupon-media/shell`. It is light: `serve` and `--help` load it. What needs more has an entry of its own.

export { readKeyFile } from './files/key-file.js';
export { readBounded } from './files/read-bounded.js';
export type { MessageKey, Messages, Say, Values } from './messages/messages.js';
export type { ServiceCli } from './service-cli.js';
export { checkPath } from './shell/arguments.js';
export { CommandError, describeFailure, EXIT, type ExitCode } from './shell/failure.js';
export type { Output, Shell } from './shell/shell.js';
export { type Interruption, interruption, untilStopped } from './shell/signals.js';
