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

/** Error codes of a Redis that is starting, is a replica, cannot write, or gives the slot to another one. */
const PASSING =
  /^(LOADING|READONLY|MASTERDOWN|BUSY|OOM|MISCONF|NOREPLICAS|UNBLOCKED|TRYAGAIN|CLUSTERDOWN|MOVED|ASK)\b/;

/** Whether the error means that another server is to be used: this one is a replica now, or the slot was moved. */
export function isElsewhere(error: unknown): boolean {
  return error instanceof Error && /^(READONLY|MOVED)\b/.test(error.message);
}

/** Removes the command from an error. The library adds it, and it contains the password if that was rejected. */
export function withoutCommand(error: unknown): unknown {
  if (error instanceof Error) Reflect.deleteProperty(error, 'command');
  return error;
}

function isReply(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError';
}
