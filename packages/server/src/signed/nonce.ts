import { REQUEST_CLOCK_WINDOW, Refusal } from '@coupon-media/apiv3';
import type { NonceWindow, UsedNonce } from '../limits/index.js';
import type { AuthenticatedRequest } from './authenticate.js';
import type { Trace } from './trace.js';

type NonceTrace = Pick<Trace, 'nonce' | 'nonceKept'>;

/**
 * Takes a request's nonce, so that the request cannot be made again (contract 2.9). It is looked at only now that the signature is
 * proven: else anyone could use up the nonces of others.
 *
 * @throws Refusal `nonceReplayed`
 */
export async function reserveNonce(
  { sender: { authorization } }: AuthenticatedRequest,
  nonces: NonceWindow,
  trace: NonceTrace,
): Promise<UsedNonce> {
  const { id, serialNo, nonce, timestamp } = authorization;
  // What makes a replay: mchid, serial, nonce and timestamp used before. It is kept until timestamp + 300 s (contract 2.9).
  const used = {
    key: [id, serialNo.toUpperCase(), nonce, timestamp].join(' '),
    expiresAt: Number(timestamp) + REQUEST_CLOCK_WINDOW,
  };
  if (!(await nonces.reserve(used))) throw new Refusal('nonceReplayed');
  trace.nonce = used;
  return used;
}

/** The request is settled: its nonce also outlives the process. */
export async function keepNonce(trace: NonceTrace, nonces: NonceWindow): Promise<void> {
  if (!trace.nonce || trace.nonceKept) return;
  // First: where it is not known whether it was recorded, a release is to take the record back.
  trace.nonceKept = true;
  await nonces.keep(trace.nonce);
}

/** The same request may be sent again. Never rejects. */
export async function releaseNonce(trace: NonceTrace, nonces: NonceWindow): Promise<void> {
  const { nonce } = trace;
  // Once: after that the same request, sent again, may hold it.
  trace.nonce = undefined;
  if (nonce) await nonces.release(nonce, trace.nonceKept);
}
