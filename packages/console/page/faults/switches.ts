import type { Faults } from '../server/faults.js';
import type { Switch } from './rules.js';

/** Milliseconds. */
export const DELAYS = [500, 3_000, 30_000] as const;
export const DRIBBLE = { numberOfChunks: 10, totalDuration: 5_000 } as const;

/** All switches: what the sandbox says that it has, and delays. */
export function switchesOf({ faults, refusals }: Faults): readonly Group[] {
  return [
    {
      name: 'groupSlow',
      switches: [
        ...DELAYS.map((delay) => ({ key: `delay ${delay}`, response: { fixedDelayMilliseconds: delay } })),
        { key: 'dribble', response: { chunkedDribbleDelay: DRIBBLE } },
      ],
    },
    {
      name: 'groupRefusals',
      // Those first that a client has to live with; the others are mistakes of its own.
      switches: sorted(Object.keys(refusals)).map((name) => ({ key: name, response: { refusal: name } })),
    },
    {
      name: 'groupFaults',
      switches: Object.keys(faults).map((name) => ({
        ...{ key: name, response: { fault: name } },
        isOfHost: name === 'CONNECTION_REFUSED',
      })),
    },
  ];
}

export interface Group {
  readonly name: 'groupSlow' | 'groupRefusals' | 'groupFaults';
  readonly switches: readonly Switch[];
}

const FIRST = ['rateExceeded', 'serviceBusy', 'systemError', 'permissionMissing'];

function sorted(names: readonly string[]): readonly string[] {
  return [...FIRST.filter((name) => names.includes(name)), ...names.filter((name) => !FIRST.includes(name))];
}
