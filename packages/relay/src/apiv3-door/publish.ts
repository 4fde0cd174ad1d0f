import { PublishError, type Publisher } from '@coupon-media/door';
import type { Publish } from '@coupon-media/server';
import type { Accounts } from '../accounts/accounts.js';
import type { Audit } from '../audit/audit.js';
import type { AuditEntry } from '../audit/entry.js';
import { refusalOf, withoutAccount } from './refusals.js';

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
    const { signal, end } = untilGone(uploader.gone(), deadline);
    try {
      const { value, upstreamRequestId, reused } = await publisher.publish({
        ...{ account: account.name, endpoint: endpoint.name, upload, caller, signal },
      });
      note(reused ? 'reused' : 'published', { value, upstreamRequestId });
      return value;
    } catch (error) {
      if (!(error instanceof PublishError)) throw error;
      const { code, upstream } = error;
      note(code, { code: upstream?.code ?? code, upstreamRequestId: upstream?.requestId });
      throw refusalOf(error);
    } finally {
      end();
    }
  };
}

/**
 * A signal that is aborted when the caller is gone or its time is over. `AbortSignal.any` and `AbortSignal.timeout` would keep weak references
 * for each image; this is a timer that is cleared.
 */
function untilGone(gone: AbortSignal, milliseconds: number): { readonly signal: AbortSignal; end(): void } {
  const ending = new AbortController();
  const over = () => ending.abort(OVER);
  const timer = setTimeout(over, milliseconds);
  if (gone.aborted) over();
  else gone.addEventListener('abort', over, { once: true });
  return {
    signal: ending.signal,
    end() {
      clearTimeout(timer);
      gone.removeEventListener('abort', over);
    },
  };
}

/** Nobody reads it: what ended the waiting is an answer of its own. */
const OVER = 'the caller waits no longer';
