import type { Readable } from 'node:stream';
import { Refusal } from '@coupon-media/apiv3';
import { pump } from '../signed/body.js';
import type { IdentifiedSender } from '../signed/identify.js';
import type { ImageStore } from '../stores/index.js';
import type { UploadHead } from './enter.js';
import { createUploadForm, type FormContent } from './form.js';

/** Bytes: 413 only for bodies over 8 MiB (contract 5.7). */
export const BODY_LIMIT = 8 * 1024 * 1024;

/**
 * The fewest bytes that a chunk counts for. Reading 300,000 chunks of one byte costs far more than their length
 * suggests. Clients that send one line per chunk stay far below the limit (contract 4.6).
 */
const LEAST_PIECE = 512;

/** @returns the bytes that a chunk counts for against the limit */
export function weightOf(piece: Buffer): number {
  return Math.max(piece.length, LEAST_PIECE);
}

/** A body that is being received. */
export interface Receiving {
  /**
   * Resolves to the raw bytes of meta as soon as they are complete, or to undefined if the body ended without them. If
   * meta came first, the body is then paused until `rest` is called: nothing of the file is kept for a sender that is
   * not authenticated.
   *
   * Rejects with Refusal `bodyTooLarge`, with the refusal given to `refuse`, or with BodyLost.
   */
  readonly meta: Promise<Buffer | undefined>;
  /** Receives the rest. Faults of the form are not thrown; they are part of the result, for `validate` to report. */
  rest(): Promise<ReceivedUpload>;
  /** Ends the wait for meta and keeps nothing more. */
  refuse(refusal: Refusal): void;
  /** Keeps nothing more, drops the draft and lets the rest of the body drain. */
  discard(): void;
}

/** Proof that a form was received to its end. */
export type { ReceivedUpload };

/**
 * Receives the form.
 *
 * @param open opens the body. It is not called for a body that declares itself too large
 * @throws Refusal `bodyTooLarge`
 */
export function receive(
  sender: IdentifiedSender<UploadHead>,
  open: () => Readable,
  images: ImageStore,
): Receiving {
  if (Number(sender.head.header('content-length')) > BODY_LIMIT) throw new Refusal('bodyTooLarge');
  const body = open();
  const form = createUploadForm(sender.head.header('content-type'), () => images.draft());
  let resume = () => {};
  let reject: (refusal: Refusal) => void = () => {};
  const resumed = new Promise<void>((resolve) => {
    resume = resolve;
  });
  let ended: Promise<void> = Promise.resolve();
  let discarded = false;
  const meta = new Promise<Buffer | undefined>((resolve, rejectMeta) => {
    reject = rejectMeta;
    let isMetaKnown = false;
    let length = 0;
    ended = pump(body, (chunk) => {
      // From here on the code that responds counts the bytes. If this pump stopped at the limit, it would pause the
      // body while that code drains it.
      if (discarded) return;
      length += weightOf(chunk);
      if (length > BODY_LIMIT) throw new Refusal('bodyTooLarge');
      const pending = form.write(chunk);
      if (isMetaKnown || !form.meta()) return pending;
      isMetaKnown = true;
      resolve(form.meta());
      return pending ? pending.then(() => resumed) : resumed;
    });
    ended.then(() => resolve(form.meta()), rejectMeta);
  });
  // `rest` reports this failure to its caller.
  ended.catch(() => form.discard());

  return {
    meta,
    async rest() {
      resume();
      await ended;
      return new ReceivedUpload(form.content());
    },
    refuse(refusal) {
      reject(refusal);
      discard();
    },
    discard,
  };

  function discard(): void {
    discarded = true;
    form.discard();
    resume();
  }
}

class ReceivedUpload {
  protected readonly stage = 'received';
  constructor(readonly content: FormContent) {}
}
