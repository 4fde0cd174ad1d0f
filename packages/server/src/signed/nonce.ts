import { REQUEST_CLOCK_WINDOW, Refusal } from '@coupon-media/apiv3';
import type { NonceWindow, UsedNonce } from '../limits/index.js';
import type { AuthenticatedRequest } from './authenticate.js';
import type { Trace } from './trace.js';

type NonceTrace = Pick<Trace, 'nonce' | 'nonceKept'>;

/**
 * Reserves the nonce of a request, so that the request cannot be made a second time. The signature has
 * been verified before; otherwise anyone could use up the nonces of others.
 *
 * @throws Refusal `nonceReplayed`
 */
export async function reserveNonce(
  { sender: { authorization, certificate } }: AuthenticatedRequest,
  nonces: NonceWindow,
  trace: NonceTrace,
): Promise<UsedNonce> {
  const { id, nonce, timestamp } = authorization;
  // What makes a replay: mchid, serial, nonce and timestamp used before. It is kept until timestamp + 300 s (contract 2.9). The serial
  // is the certificate's own: a sender may write it in lower case or without a leading 0, and the header is not signed.
  const used = {
    key: [id, certificate.verifier.keyId, nonce, timestamp].join(' '),
    expiresAt: Number(timestamp) + REQUEST_CLOCK_WINDOW,
  };
  if (!(await nonces.reserve(used))) throw new Refusal('nonceReplayed');
  trace.nonce = used;
  return used;
}

/** Records the nonce of a settled request, so that it survives a restart of the process. */
export async function keepNonce(trace: NonceTrace, nonces: NonceWindow): Promise<void> {
  if (!trace.nonce || trace.nonceKept) return;
  // This flag is set first: if recording fails halfway, a later release must remove the record as well.
  trace.nonceKept = true;
  await nonces.keep(trace.nonce);
}

/** Releases the nonce, so that the same request may be sent again. Never rejects. */
export async function releaseNonce(trace: NonceTrace, nonces: NonceWindow): Promise<void> {
  const { nonce } = trace;
  // It is released once only. After that, the same request may have reserved it again.
  trace.nonce = undefined;
  if (nonce) await nonces.release(nonce, trace.nonceKept);
}
