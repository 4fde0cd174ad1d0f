export { CommandError, describeFailure, EXIT, type ExitCode } from './failure.js';
export type { MessageKey, Messages, Say, Values } from './messages/messages.js';
export { numberOption } from './number-option.js';
export { createProgress, type Progress } from './progress/progress.js';
export type { ServiceCli } from './service-cli.js';
export { type Screen, type Shell, speaking } from './shell.js';
export { type Interruption, interruption, untilStopped } from './signals.js';
export { padded, visible, width } from './terminal/text.js';
