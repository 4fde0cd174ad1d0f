import { en } from '#cli/messages/en.js';
import { CommandError, describeFailure } from '#cli/shell/failure.js';
import { shells } from './screens.js';
import { broken } from './target.js';

/** Reads, or is refused by a sentence that there is. @returns undefined where it was refused */
export async function readOrRefused<Value>(read: () => Value | Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    tellRefusal(error);
    return undefined;
  }
}

/** Prints a refusal as the command does. @throws whatever is no refusal */
export function tellRefusal(error: unknown): void {
  if (!(error instanceof CommandError)) throw error;
  const sentence = SENTENCES[error.key];
  if (sentence === undefined) broken(`a refusal without a sentence: ${error.key}`);
  for (const [, name = ''] of sentence.matchAll(/\{(\w+)/g))
    if (error.values[name] === undefined) broken(`${error.key} lacks its ${name}`);
  for (const shell of shells) {
    shell.err.lines(`coupon-media: ${describeFailure(error, shell)}`);
    shell.look();
  }
}

const SENTENCES: Readonly<Record<string, string>> = en;
