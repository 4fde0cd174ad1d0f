import { CommandError, readBounded } from 'coupon-media/shell';
import type { ServiceKey, ServiceShell } from './messages/messages.js';

/** MiB. */
const LIMIT = 4;

/**
 * Reads a JSON file that a person wrote.
 *
 * @throws CommandError if it is longer than 4 MiB or no JSON, or the error of the file system
 */
export function readJsonFile(file: string): unknown {
  const text = readBounded(file, LIMIT).toString('utf8');
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw new CommandError<ServiceKey>('jsonFile.wrong', { file });
  }
}

/**
 * Does what may find a mistake in the content of a file.
 *
 * @throws CommandError that puts the name of the file before an error in both languages
 */
export function naming<T>(file: string, language: ServiceShell['language'], act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof Error && 'texts' in error)) throw error;
    const { [language]: why } = error.texts as Readonly<Record<ServiceShell['language'], string>>;
    throw new CommandError<ServiceKey>('jsonFile.refused', { file, why });
  }
}
