import { setTimeout as sleep } from 'node:timers/promises';
import { MigrationError } from './report.js';

/** Milliseconds between tries: a move of hours outlives a restart of an engine. What is asked may be asked twice. */
const PAUSES = [500, 1_000, 2_000, 4_000, 8_000];

/** Tries again a while. What a move itself finds wrong does not pass by waiting. */
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
