import type { ResponseFault } from './response.js';

/** Why a signed message with encrypted content is not trusted. */
export type MessageFault = ResponseFault | 'malformed' | 'undecipherable';

/** A notification or a list of platform certificates cannot be trusted. Nothing of it was used. */
export class UntrustedMessageError extends Error {
  override readonly name = 'UntrustedMessageError';
  readonly code = 'UNTRUSTED_MESSAGE';
  readonly fault: MessageFault;

  constructor(subject: string, fault: MessageFault, cause?: unknown) {
    super(`${subject} ${FAULTS[fault]}`, { cause });
    this.fault = fault;
  }
}

/** @returns the result of `read`; an error that it throws becomes the cause of an UntrustedMessageError */
export function orUntrusted<T>(subject: string, fault: MessageFault, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new UntrustedMessageError(subject, fault, cause);
  }
}

const FAULTS: Readonly<Record<MessageFault, string>> = {
  unsigned: 'carries no signature',
  stale: 'has a timestamp 300 s or more from this clock',
  unknownKey: 'names an unknown key',
  signatureWrong: 'has a wrong signature',
  malformed: 'does not have the form that the rules describe',
  undecipherable: 'cannot be decrypted with this APIv3 key',
};
