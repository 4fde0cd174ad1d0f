/** Nonces or quotas could not be asked for. The `cause` is what the network or Redis said. */
export class LimitsError extends Error {
  override readonly name = 'LimitsError';
  constructor(
    /**
     * `AWAY`: no connection that may be trusted. `FORGOTTEN`: Redis lost its memory, and may have forgotten this request;
     * one signed later is accepted. `CLOCK`: this node's clock and Redis' are too far apart. `SETTINGS`: this Redis is set
     * up so that it forgets. `RECORD`: the record beside Redis failed.
     */
    readonly code: 'AWAY' | 'FORGOTTEN' | 'CLOCK' | 'SETTINGS' | 'RECORD',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * Whether Redis was away, or in no state to answer. What it refuses for other reasons (a right that is missing, say) does not
 * pass by waiting.
 */
export function isOutage(error: unknown): boolean {
  if (error instanceof LimitsError) return error.code === 'AWAY';
  return !isReply(error) || PASSING.test(error.message);
}

/** What Redis says of itself while it starts, follows another, or cannot write. */
const PASSING = /^(LOADING|READONLY|MASTERDOWN|BUSY|OOM|MISCONF|NOREPLICAS|UNBLOCKED|TRYAGAIN|CLUSTERDOWN)\b/;

function isReply(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError';
}
