import type { UploadEndpointName } from '@coupon-media/apiv3';
import type { Wanted } from '../images/intake.js';
import type { ImageBytes } from '../images/source.js';
import type { Problem } from '../problems/problem.js';
import { PROBLEMS } from '../problems/table.js';
import type { PublishedValue } from '../publisher.js';
import type { TokenRecord } from '../tokens/tokens.js';
import type { DoorServices } from './environment.js';

/** How far an upload came. */
export interface Seen {
  /** As the sender named it. */
  endpoint?: UploadEndpointName | undefined;
  image?: ImageBytes;
  wanted?: Wanted;
  published?: PublishedValue;
  problem?: Problem;
}

interface Ended extends Seen {
  readonly token: TokenRecord;
  readonly requestId: string;
  readonly isLater: boolean;
  readonly milliseconds: number;
}

/** Tells the listener of an upload that has ended, and the log of what failed inside the service. */
export function tell(
  { token, requestId, isLater, milliseconds, endpoint, image, wanted, published, problem }: Ended,
  { accounts, listener, log }: Pick<DoorServices, 'accounts' | 'listener' | 'log'>,
): void {
  const { id: caller, account } = token;
  const status = problem ? PROBLEMS[problem.code].status : isLater ? 202 : 200;
  if (problem && status >= 500) {
    log.error(
      { err: problem.cause ?? problem, requestId, caller, problem: problem.code },
      'an upload of the door',
    );
  }
  try {
    listener.uploaded?.({
      ...{ requestId, caller, account, status, milliseconds },
      endpoint: wanted?.endpoint ?? endpoint ?? accounts.endpoints(account)?.[0] ?? 'product-coupon',
      sha256: image?.sha256,
      filename: wanted?.filename,
      slot: wanted?.slot,
      changes: wanted?.changes.map(({ code }) => code) ?? [],
      problem: problem?.code,
      detail: problem?.texts,
      value: published?.value,
      reused: published?.reused ?? false,
      upstreamRequestId: published?.upstreamRequestId ?? problem?.more.upstream?.request_id,
    });
  } catch (err) {
    log.error({ err }, 'a listener of the door');
  }
}
