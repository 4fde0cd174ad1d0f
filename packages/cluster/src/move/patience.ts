import { setTimeout as sleep } from 'node:timers/promises';
import { MigrationError } from './report.js';

/**
 * Milliseconds between attempts. A migration of several hours survives the restart of an engine. Every operation may be
 * repeated.
 */
const PAUSES = [500, 1_000, 2_000, 4_000, 8_000];

/**
 * Repeats an operation for a while. An error that the migration itself found is not repeated, since waiting does not
 * help.
 */
export async function withRetries<T>(act: () => Promise<T>): Promise<T> {
  for (const pause of PAUSES) {
    try {
      return await act();
    } catch (error) {
      if (error instanceof MigrationError) throw error;
    }
    await sleep(pause);
  }
  return act();
}
