import {
  createSay,
  joined,
  languageOf,
  type MessageKey,
  type Messages,
  messages,
  type Translator,
} from '../messages/messages.js';
import { own, shownJson, shownLine, shownText } from '../terminal/output.js';
import { type Style, styleFor, wantsColour } from '../terminal/style.js';
import { broken, visible } from '../terminal/text.js';
import { EXIT } from './failure.js';

/** What a command may see and touch of the world around it. */
export interface Shell<Key extends string = MessageKey> extends Translator<Key> {
  readonly environment: Readonly<NodeJS.ProcessEnv>;
  /** Results. */
  readonly out: Output;
  /** What is said about them: progress, remarks, failures. */
  readonly err: Output;
}

/**
 * One of the two streams that a program writes to. Whatever stands in a text, foreign or not, is shown and does nothing: names
 * of files, responses of services and what others wrote into files all end here.
 */
export interface Output {
  readonly isTerminal: boolean;
  readonly style: Style;
  columns(): number;
  /** A text with lines of its own. */
  write(text: string): void;
  /** Each with a line feed behind it, and none in it: what comes from elsewhere begins no line. */
  lines(...lines: readonly string[]): void;
  /** On one line unless it is indented. */
  json(value: object, indent?: number): void;
  /** Takes away what stands on the last line, and writes there. */
  rewrite(text: string): void;
  /**
   * A paragraph behind something that takes `indent` columns; on a terminal broken into lines that are indented as far.
   *
   * @param paint what is done to each line
   */
  hanging(indent: number, text: string, paint?: (line: string) => string): string;
}

export function createShell({ argv, env, stdout, stderr }: NodeJS.Process): Shell {
  const language = languageOf(argv.slice(2), env);
  return {
    language,
    say: createSay(language, messages),
    environment: env,
    out: outputTo(stdout, env),
    err: outputTo(stderr, env),
  };
}

/** The same shell, which also says the sentences of another package. */
export function withMessages<Key extends string>(shell: Shell, more: Messages<Key>): Shell<Key | MessageKey> {
  return { ...shell, say: createSay(shell.language, joined(messages, more)) };
}

function outputTo(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): Output {
  const isTerminal = stream.isTTY === true;
  let isGone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // What is under way goes on, and is in the ledger. Whoever read this and has gone (`| head`) has what they wanted.
    if (!isGone && error.code !== 'EPIPE') reportUnwritten(stream, error);
    isGone = true;
  });
  const send = (text: string): void => {
    if (!isGone) stream.write(text);
  };
  return {
    isTerminal,
    style: styleFor(wantsColour(isTerminal, environment)),
    columns: () => stream.columns || 80,
    write: (text) => send(shownText(text)),
    lines: (...lines) => send(lines.map((line) => `${shownLine(line)}\n`).join('')),
    json: (value, indent) => send(`${shownJson(value, indent)}\n`),
    rewrite: (text) => send(CLEAR + shownText(text)),
    hanging(indent, text, paint = (line) => line) {
      const lines = isTerminal ? broken(visible(text), (stream.columns || 80) - indent - 1) : [text];
      return lines.map(paint).join(own(`\n${' '.repeat(indent)}`));
    },
  };
}

/** To the line's beginning, and nothing on it. */
const CLEAR = '\r\x1b[2K';

/** Results that did not arrive (a disk that is full) are a failure, whatever else is done. */
function reportUnwritten(stream: NodeJS.WriteStream, { message }: Error): void {
  process.once('exit', () => {
    process.exitCode ||= EXIT.failed;
  });
  if (stream !== process.stderr) process.stderr.write(`coupon-media: standard output: ${message}\n`);
}
