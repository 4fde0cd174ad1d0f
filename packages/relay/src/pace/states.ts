import type { Database, Row, SchemaSql } from '@coupon-media/server/engine';
import type { PaceState } from './arithmetic.js';

/** Where the states of paces are: in this process, or in a row that all nodes share. */
export interface PaceStates {
  /**
   * Changes a state. Nodes that do so at the same time do it one after the other.
   *
   * @param change receives undefined if the pace has no state yet; it may be called again
   * @returns what `change` returned beside the state
   */
  change<T>(
    pace: string,
    change: (state: PaceState | undefined) => { state: PaceState; result: T },
  ): Promise<T>;
}

/** One process: it needs no row, and a pace that is found again after a start costs a minute. */
export function statesInMemory(): PaceStates {
  const states = new Map<string, PaceState>();
  return {
    async change(pace, change) {
      const { state, result } = change(states.get(pace));
      states.set(pace, state);
      return result;
    },
  };
}

/** The steps of the table; the owner of all steps is `relay`. */
export const PACE_STEPS: Readonly<Record<string, SchemaSql>> = {
  '004-pace': {
    sqlite: [
      `CREATE TABLE relay_pace (
        pace TEXT PRIMARY KEY, version INTEGER NOT NULL, rate REAL NOT NULL, next REAL NOT NULL, raised REAL NOT NULL,
        slowed REAL NOT NULL, refused REAL NOT NULL
      ) STRICT`,
    ],
    postgres: [
      `CREATE TABLE relay_pace (
        pace text PRIMARY KEY, version bigint NOT NULL, rate double precision NOT NULL, next double precision NOT NULL,
        raised double precision NOT NULL, slowed double precision NOT NULL, refused double precision NOT NULL
      )`,
    ],
  },
};

/** Rows that are compared and swapped: a change that meets another is made again on what that left. */
export function statesInDatabase(database: Database): PaceStates {
  return {
    async change(pace, change) {
      for (;;) {
        const [row] = await database.read({ text: SELECT, values: [pace] });
        const { state, result } = change(row && stateOf(row));
        const { rate, next, raised, slowed, refused } = state;
        const values = [rate, next, raised, slowed, refused];
        const [swapped = []] = await database.write([
          row
            ? { text: UPDATE, values: [...values, pace, Number(row.version)] }
            : { text: INSERT, values: [pace, ...values] },
        ]);
        if (swapped.length > 0) return result;
      }
    },
  };
}

const SELECT = 'SELECT version, rate, next, raised, slowed, refused FROM relay_pace WHERE pace = ?';
const UPDATE =
  'UPDATE relay_pace SET version = version + 1, rate = ?, next = ?, raised = ?, slowed = ?, refused = ? WHERE pace = ? AND version = ? RETURNING pace';
const INSERT =
  'INSERT INTO relay_pace (pace, version, rate, next, raised, slowed, refused) VALUES (?, 1, ?, ?, ?, ?, ?) ON CONFLICT (pace) DO NOTHING RETURNING pace';

function stateOf(row: Row): PaceState {
  const { rate, next, raised, slowed, refused } = row;
  return {
    ...{ rate: Number(rate), next: Number(next), raised: Number(raised) },
    ...{ slowed: Number(slowed), refused: Number(refused) },
  };
}
