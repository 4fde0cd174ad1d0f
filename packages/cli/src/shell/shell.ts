import { fileErrorText, type Language, withReason } from '@coupon-media/apiv3/words';
import {
  createSay,
  languageOf,
  type MessageKey,
  type Messages,
  messages,
  type Sentences,
  type Translator,
} from '../messages/messages.js';
import { shownJson, shownLine, shownText } from '../terminal/output.js';
import { type Style, styleFor, wantsColour } from '../terminal/style.js';
import { EXIT } from './failure.js';

/** The parts of the outside world that a command may use. */
export interface Shell<Key extends string = MessageKey> extends Translator<Key> {
  readonly environment: Readonly<NodeJS.ProcessEnv>;
  /** Results. */
  readonly out: Output;
  /** Progress, remarks and failures. */
  readonly err: Output;
}

/**
 * One of the two output streams of the program. Control characters in a text are made visible and have no effect, since
 * filenames, responses and contents of files end up here.
 */
export interface Output {
  readonly isTerminal: boolean;
  readonly style: Style;
  columns(): number;
  /** Prints a text that contains line feeds. */
  write(text: string): void;
  /** Prints lines. Line feeds within a line are made visible, so that foreign text cannot begin a line. */
  lines(...lines: readonly string[]): void;
  /** Prints a value as JSON, on one line unless `indent` is given. */
  json(value: object, indent?: number): void;
  /** Replaces the last line. */
  rewrite(text: string): void;
}

export async function createShell({ argv, env, stdout, stderr }: NodeJS.Process): Promise<Shell> {
  const language = languageOf(argv.slice(2), env);
  const sentences = await messages[language]();
  return {
    language,
    say: createSay(language, sentences),
    environment: env,
    out: outputTo(stdout, env, language),
    err: outputTo(stderr, env, language),
  };
}

/** The same shell with the sentences of another package added. */
export async function withMessages<Key extends string>(
  shell: Shell,
  more: Messages<Key>,
): Promise<Shell<Key | MessageKey>> {
  const { language } = shell;
  const sentences: Sentences<Key | MessageKey> = {
    ...(await messages[language]()),
    ...(await more[language]()),
  };
  return { ...shell, say: createSay(language, sentences) };
}

function outputTo(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv, language: Language): Output {
  const isTerminal = stream.isTTY === true;
  let isGone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // Uploads under way continue, and the ledger records them. A closed pipe (`| head`) is not an error.
    if (!isGone && error.code !== 'EPIPE') reportUnwritten(stream, error, language);
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
  };
}

/** Moves to the beginning of the line and clears it. */
const CLEAR = '\r\x1b[2K';

/** If results could not be written (a full disk), the program fails, even if everything else succeeded. */
function reportUnwritten(stream: NodeJS.WriteStream, error: Error, language: Language): void {
  process.once('exit', () => {
    process.exitCode ||= EXIT.failed;
  });
  const text = withReason({ 'zh-CN': '标准输出', en: 'standard output' }, fileErrorText(error));
  if (stream !== process.stderr) process.stderr.write(`coupon-media: ${text[language]}\n`);
}
