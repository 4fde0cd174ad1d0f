import { createEnding, PublishError, type Publisher } from '@coupon-media/door';
import type { AddToCommit, Publish } from '@coupon-media/server';
import type { Accounts } from '../accounts/accounts.js';
import type { Audit } from '../audit/audit.js';
import type { AuditEntry } from '../audit/entry.js';
import { refusalOf, withoutAccount } from './refusals.js';

/** Adds the wish for an image to the image's own commit, so that neither is there without the other. */
export function addWishes({
  accounts,
  publisher,
}: {
  readonly accounts: Pick<Accounts, 'ofCaller'>;
  readonly publisher: Publisher;
}): AddToCommit {
  return ({ endpoint, ...upload }) => {
    const { merchant: caller } = upload;
    const account = accounts.ofCaller(caller, endpoint.scheme)?.name;
    if (account === undefined) return undefined;
    return publisher.addition?.({ account, endpoint: endpoint.name, upload, caller });
  };
}

/**
 * The seam of the service: an image that a merchant uploaded by APIv3 gets the value that upstream gives the merchant's account.
 *
 * @param deadline milliseconds that a caller waits
 * @param clock Unix milliseconds
 */
export function publishUpstream({
  accounts,
  publisher,
  audit,
  deadline,
  clock,
}: {
  readonly accounts: Pick<Accounts, 'ofCaller'>;
  readonly publisher: Publisher;
  readonly audit: Pick<Audit, 'note'>;
  readonly deadline: number;
  readonly clock: () => number;
}): Publish {
  return async ({ endpoint, ...upload }, uploader) => {
    const { merchant: caller, sha256, filename, requestId } = upload;
    const began = performance.now();
    const account = accounts.ofCaller(caller, endpoint.scheme);
    function note(outcome: AuditEntry['outcome'], more: Partial<AuditEntry>): void {
      audit.note({
        ...{ at: clock(), event: 'request', door: 'apiv3', caller, outcome, account: account?.name },
        ...{ endpoint: endpoint.name, sha256, filename, requestId },
        ...{ milliseconds: Math.round(performance.now() - began), ...more },
      });
    }
    if (!account) {
      note('refused', { code: 'NO_AUTH' });
      throw withoutAccount();
    }
    const ending = createEnding(deadline);
    const stay = uploader.whenGone(ending.over);
    try {
      const { value, upstreamRequestId, reused } = await publisher.publish({
        ...{ account: account.name, endpoint: endpoint.name, upload, caller },
        ...{ signal: ending.signal, added: uploader.added },
      });
      note(reused ? 'reused' : 'published', { value, upstreamRequestId });
      return value;
    } catch (error) {
      if (!(error instanceof PublishError)) throw error;
      const { code, upstream } = error;
      note(code, { code: upstream?.code ?? code, upstreamRequestId: upstream?.requestId });
      throw refusalOf(error);
    } finally {
      ending.close();
      stay();
    }
  };
}
