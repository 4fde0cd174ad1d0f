export { readKeyFile } from './files/key-file.js';
export type { MessageKey, Messages, Say, Values } from './messages/messages.js';
export type { ServiceCli } from './service-cli.js';
export { checkPath, numberOption } from './shell/arguments.js';
export { CommandError, describeFailure, EXIT, type ExitCode } from './shell/failure.js';
export { createProgress, type ProgressBar } from './shell/progress.js';
export { type Output, type Shell, withMessages } from './shell/shell.js';
export { type Interruption, interruption, untilStopped } from './shell/signals.js';
export { padded, width } from './terminal/text.js';
