import type { Database } from '@coupon-media/server/engine';
import type { AccountsConfiguration } from '../accounts/configuration.js';
import { createPace, type Pace, type PaceShare } from './pace.js';
import { statesInDatabase, statesInMemory } from './states.js';

/** The paces of all accounts: each has its own, or a part of another account's. */
export interface Paces {
  /** @param pace the account whose pace it is */
  share(account: string, pace: string): PaceShare;
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
  const shares = new Map<string, PaceShare>();

  function paceOf(name: string): Pace {
    const most = configuration.get(name)?.perSecond;
    const pace = paces.get(name) ?? createPace(name, { states, most, concurrent: CONCURRENT, clock });
    paces.set(name, pace);
    return pace;
  }

  return {
    share(account, pace) {
      const share = shares.get(account) ?? paceOf(pace).open();
      shares.set(account, share);
      return share;
    },
  };
}
