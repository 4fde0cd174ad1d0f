import { fileErrorReason, type Language, pathFault, type Text, withoutSecrets } from '@coupon-media/apiv3';
import { type MessageKey, type Say, type Translator, textOf, type Values } from '../messages/messages.js';

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

/** Sentences for the error codes of the file system. */
const REASONS: Readonly<Record<string, MessageKey>> = {
  EACCES: 'reason.permissionDenied',
  EPERM: 'reason.permissionDenied',
  EROFS: 'reason.readOnly',
  ENOSPC: 'reason.noSpace',
  EDQUOT: 'reason.noSpace',
  EFBIG: 'reason.noSpace',
  ENOTDIR: 'reason.notAFolder',
  EEXIST: 'reason.isAFile',
  EISDIR: 'reason.isAFolder',
  ENOENT: 'reason.noSuchFile',
  EMFILE: 'reason.tooManyOpen',
  ELOOP: 'reason.linksInACircle',
  ENAMETOOLONG: 'reason.nameTooLong',
};

/**
 * @param translator has the sentences of the package that threw the error
 * @returns one line that says what is wrong and what to do; never a stack, a key or a line feed
 */
export function describeFailure(error: unknown, { language, say }: Translator): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof CommandError) return say(error.key, error.values);
  if (isBilingual(error)) return oneLine(error.texts[language]);
  const { path } = error as NodeJS.ErrnoException;
  const reason = systemReason(error, say);
  if (reason && path) return oneLine(say('failure.path', { path: pathFault(path) ?? path, reason }));
  return oneLine(withoutSecrets(error.message));
}

/** Tells whether an error has texts in both languages, as those of the service's settings do. */
function isBilingual(error: Error): error is Error & { texts: Text } {
  if (!('texts' in error) || typeof error.texts !== 'object' || error.texts === null) return false;
  const texts: { [L in Language]?: unknown } = error.texts;
  return typeof texts.en === 'string' && typeof texts['zh-CN'] === 'string';
}

/** @returns the sentence for an error of the file system; undefined for other errors */
export function systemReason(error: unknown, say: Say): string | undefined {
  const key = REASONS[(error as NodeJS.ErrnoException | undefined)?.code ?? ''];
  return key && say(key);
}

/** @returns the sentence for an error of the file system in both languages, or its own message if there is no sentence */
export function reasonText(error: unknown): Text | string {
  const key = REASONS[(error as NodeJS.ErrnoException | undefined)?.code ?? ''];
  return key ? textOf(key) : fileErrorReason(error);
}

/** @returns the text on one line */
export function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ');
}
