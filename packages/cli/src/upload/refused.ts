import type { MessageKey, Values } from '../messages/messages.js';

/** Why this program does not send an image that the service might take, or could take after a change. */
const REFUSALS = {
  NEEDS_PREPARE: { reason: 'refused.needsPrepare', remedy: 'remedy.needsPrepare' },
  SLOT_MISMATCH: { reason: 'upload.doesNotFit', remedy: 'remedy.doesNotFit' },
  DOUBTFUL: { reason: 'refused.doubtful', remedy: 'remedy.doubtful' },
  ENLARGED: { reason: 'refused.enlarged', remedy: 'remedy.enlarged' },
} as const satisfies Readonly<Record<string, { reason: MessageKey; remedy: MessageKey }>>;

/** Stable, for programs. */
export type RefusalCode = keyof typeof REFUSALS;

/** An image that is not sent, with what to do about it. */
export class RefusedImage extends Error {
  override readonly name = 'RefusedImage';
  readonly code: RefusalCode;
  readonly values: Values;

  constructor(code: RefusalCode, values: Values = {}) {
    super(code);
    this.code = code;
    this.values = values;
  }

  get reason(): MessageKey {
    return REFUSALS[this.code].reason;
  }

  get remedy(): MessageKey {
    return REFUSALS[this.code].remedy;
  }
}
