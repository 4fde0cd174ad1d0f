import type { Database } from '@coupon-media/server/engine';
import type { AccountsConfiguration } from '../accounts/configuration.js';
import { createPace, type Pace } from './pace.js';
import { statesInDatabase, statesInMemory } from './states.js';

/** The paces of all accounts that have one of their own. */
export interface Paces {
  /** @param name of the account whose pace it is */
  find(name: string): Pace;
}

/** Calls under way for one pace at a time: at most as much memory as so many images. */
export const CONCURRENT = 64;

/** @param clock Unix milliseconds */
export function openPaces(
  configuration: AccountsConfiguration,
  database: Database,
  clock: () => number,
): Paces {
  const states = database.dialect === 'sqlite' ? statesInMemory() : statesInDatabase(database);
  const paces = new Map<string, Pace>();
  return {
    find(name) {
      const most = configuration.get(name)?.perSecond;
      const pace = paces.get(name) ?? createPace(name, { states, most, concurrent: CONCURRENT, clock });
      paces.set(name, pace);
      return pace;
    },
  };
}
