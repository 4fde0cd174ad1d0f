import type { ServiceLog } from '@coupon-media/server';
import type { ImageReader } from '@coupon-media/server/engine';
import type { Accounts } from '../accounts/accounts.js';
import type { Audit } from '../audit/audit.js';
import type { Alarms } from '../observe/alarms.js';
import type { AccountState } from '../observe/metrics.js';
import type { Outbox } from '../outbox/index.js';
import type { Paces } from '../pace/paces.js';
import { createBreaker } from '../upstream/breaker.js';
import { uploadTo } from '../upstream/upload.js';
import type { HeldImages } from './held.js';
import { openLane } from './lane.js';
import type { LaneState } from './publisher.js';
import { createSettle, type Told } from './settle.js';
import { createTroubles } from './troubles.js';

/** The lanes of all accounts, on this node. */
export interface Lanes {
  find(account: string): LaneState | undefined;
  states(): readonly AccountState[];
  /** Takes nothing more, and ends what is under way. */
  close(): Promise<void>;
}

export function openLanes({
  accounts,
  paces,
  outbox,
  images,
  held,
  audit,
  alarms,
  told,
  log,
  clock,
}: {
  readonly accounts: Pick<Accounts, 'all'>;
  readonly paces: Paces;
  readonly outbox: Outbox;
  readonly images: Pick<ImageReader, 'read'>;
  readonly held: Pick<HeldImages, 'find'>;
  readonly audit: Pick<Audit, 'appending'>;
  readonly alarms: Alarms;
  readonly told: Told;
  readonly log: ServiceLog;
  /** Unix milliseconds. */
  readonly clock: () => number;
}): Lanes {
  const ending = new AbortController();
  const troubles = createTroubles(alarms);
  const settle = createSettle({ outbox, audit, told, troubles, log, clock, ending: ending.signal });
  const lanes = new Map(
    accounts.all.map((account) => {
      const pace = paces.share(account.name, account.pace);
      const breaker = createBreaker(
        () => performance.now(),
        (isOpen) => log.warn({ account: account.name, breaker: isOpen ? 'open' : 'closed' }, 'upstream'),
      );
      const lane = openLane({
        ...{ account: account.name, outbox, images, held, breaker, pace, settle, clock, random: Math.random },
        upload: (upload) => uploadTo(account, upload),
        failed: (err) => log.error({ account: account.name, err }, 'an upload to upstream'),
      });
      const state = {
        wake: lane.wake,
        isSlow: lane.isSlow,
        breaker: breaker.state,
        rest: breaker.rest,
        perSecond: () => pace.perSecond() / pace.sharers(),
      };
      return [account.name, { lane, pace, state }];
    }),
  );
  return {
    find: (account) => lanes.get(account)?.state,
    states: () =>
      [...lanes].map(([account, { pace, state }]) => ({
        ...{ account, pace: pace.perSecond(), waiting: pace.waiting(), breaker: state.breaker() },
      })),
    async close() {
      ending.abort();
      await Promise.all([...lanes.values()].map(({ lane }) => lane.close()));
    },
  };
}
