import { BilingualError, type Text } from '@coupon-media/apiv3';
/** Nonces or quotas could not be checked. The `cause` is the error of the network or of Redis. */
export class LimitsError extends BilingualError {
  override readonly name = 'LimitsError';
  constructor(
    /**
     * `AWAY`: there is no trustworthy connection. `FORGOTTEN`: Redis lost its memory and may have forgotten this
     * request; one that is signed later is accepted. `CLOCK`: the clocks of this node and of Redis differ too much.
     * `SETTINGS`: the settings of this Redis let it forget keys. `RECORD`: the durable window failed.
     */
    readonly code: 'AWAY' | 'FORGOTTEN' | 'CLOCK' | 'SETTINGS' | 'RECORD',
    texts: Text,
    options?: ErrorOptions,
  ) {
    super(texts, options);
  }
}

/**
 * Whether the error means that Redis was unavailable. Other refusals, such as a missing right, do not disappear by
 * waiting.
 */
export function isOutage(error: unknown): boolean {
  if (error instanceof LimitsError) return error.code === 'AWAY';
  return !isReply(error) || PASSING.test(error.message);
}

/** Error codes of a Redis that is starting, is a replica, or cannot write. */
const PASSING = /^(LOADING|READONLY|MASTERDOWN|BUSY|OOM|MISCONF|NOREPLICAS|UNBLOCKED|TRYAGAIN|CLUSTERDOWN)\b/;

function isReply(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError';
}
