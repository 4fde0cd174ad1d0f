import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceLog } from '@coupon-media/server';
import type { Audit } from '../audit/audit.js';
import type { AuditEntry } from '../audit/entry.js';
import type { Claim, Outbox, UploadKey } from '../outbox/index.js';
import { reasonOf, type Trouble, type UpstreamResult } from '../upstream/result.js';
import type { Troubles } from './troubles.js';

/** Makes the result of a claim durable; the outbox tells its callers, on whichever nodes they wait. */
export type Settle = (claim: Claim, result: UpstreamResult, around: Around) => Promise<void>;

export interface Around {
  /** That the upload took, its turns included. */
  readonly milliseconds: number;
  /** Unix milliseconds of the next try, if there is one. */
  readonly notBefore: number;
}

/** What the outbox does not tell the callers of this node: an upload that goes on. */
export interface Told {
  trouble(key: UploadKey, trouble: Trouble): void;
}

/** Milliseconds after which a record is tried again while the store is away: an answer that was verified must not be lost. */
const AGAIN = 500;

export function createSettle(parts: {
  readonly outbox: Outbox;
  readonly audit: Pick<Audit, 'appending'>;
  readonly told: Told;
  readonly troubles: Troubles;
  readonly log: Pick<ServiceLog, 'info' | 'warn' | 'error'>;
  /** Unix milliseconds. */
  readonly clock: () => number;
  /** Aborted when the store is about to be closed. */
  readonly ending: AbortSignal;
}): Settle {
  const { outbox, audit, told, troubles, log, clock, ending } = parts;

  async function untilKept(act: () => Promise<unknown>): Promise<void> {
    for (let first = true; ; first = false) {
      try {
        await act();
        return;
      } catch (error) {
        if (ending.aborted) throw error;
        if (first)
          log.error({ err: error }, "upstream's answer cannot be recorded now; it is kept until it can");
        await sleep(AGAIN);
      }
    }
  }

  return async (claim, result, { milliseconds, notBefore }) => {
    const { account, endpoint, sha256, filename, caller } = claim;
    const about = {
      ...{ account, endpoint, sha256, host: result.host, attempts: result.attempts },
      millis: Math.round(milliseconds),
    };
    const entry = (outcome: AuditEntry['outcome'], more: Partial<AuditEntry>): AuditEntry => ({
      ...{ at: clock(), event: 'upload', caller, outcome, account, endpoint, sha256, filename },
      ...{ attempts: result.attempts, hosts: result.hosts },
      ...{ milliseconds: about.millis, ...more },
    });
    if (result.outcome === 'published') {
      const { value, requestId: upstreamRequestId } = result;
      const recorded = { value, upstreamRequestId, at: clock() };
      const beside = [audit.appending(entry('published', { value, upstreamRequestId }))];
      await untilKept(() => outbox.record(claim, recorded, beside));
      troubles.settle(account);
      log.info({ ...about, upstreamRequestId }, 'upstream: published');
      return;
    }
    if (result.outcome === 'refused') {
      const { status, code, message, requestId } = result;
      const refusal = { status, code, message, requestId };
      const beside = [audit.appending(entry('refused', { code, upstreamRequestId: requestId }))];
      await untilKept(() => outbox.refuse(claim, JSON.stringify(refusal), beside));
      troubles.refused(account, result);
      log.info({ ...about, status, code, upstreamRequestId: requestId }, 'upstream: refused');
      return;
    }
    if (result.outcome === 'trouble') {
      troubles.raise(account, result);
      log.warn({ ...about, trouble: result.kind, code: result.code, err: result.cause }, 'upstream: trouble');
      await outbox.retry(claim, notBefore, reasonOf(result));
      return told.trouble(claim, result);
    }
    if (result.outcome === 'slowed')
      log.info({ ...about, retryAfter: result.retryAfter }, 'upstream: slowed');
    await outbox.retry(claim, notBefore, result.outcome);
  };
}
