import {
  errorText,
  fileErrorReason,
  fileReasonText,
  type Language,
  pathFault,
  type Text,
} from '@coupon-media/apiv3/words';
import type { MessageKey, Translator, Values } from '../messages/messages.js';

/** The exit codes. */
export const EXIT = {
  /** Everything succeeded. */
  done: 0,
  /** Something failed. */
  failed: 1,
  /** Wrong use: an unknown option, a missing argument. */
  wrongUse: 2,
  /** Configuration, keys, permission, port or folder are wrong. */
  misconfigured: 3,
  /** Ctrl-C: 128 plus the number of the signal, as in shells. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with a sentence of a message table, by default that of this package. */
export class CommandError<Key extends string = MessageKey> extends Error {
  override readonly name = 'CommandError';
  readonly key: Key;
  readonly values: Values;
  readonly exitCode: ExitCode;

  constructor(key: NoInfer<Key>, values: Values = {}, exitCode: ExitCode = EXIT.misconfigured) {
    super(key);
    this.key = key;
    this.values = values;
    this.exitCode = exitCode;
  }
}

/**
 * @param translator has the sentences of the package that threw the error
 * @returns one line that says what is wrong and what to do; never a stack, a key or a line feed
 */
export function describeFailure(error: unknown, { language, say }: Translator): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof CommandError) return say(error.key, error.values);
  const { path } = error as NodeJS.ErrnoException;
  const reason = fileReasonText(error);
  if (reason && path) return oneLine(say('failure.path', { path: pathFault(path) ?? path, reason }));
  return oneLine(errorText(error)[language]);
}

/** @returns the sentence for an error of the file system; undefined for other errors */
export function systemReason(error: unknown, language: Language): string | undefined {
  return fileReasonText(error)?.[language];
}

/** @returns the sentence for an error of the file system in both languages, or its own message if there is no sentence */
export function reasonText(error: unknown): Text | string {
  return fileReasonText(error) ?? fileErrorReason(error);
}

/** @returns the text on one line */
export function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ');
}
