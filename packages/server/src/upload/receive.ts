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
 * A piece of a body counts for as many bytes at least: what it costs to read 300,000 chunks of one byte is no question of bytes.
 * Clients that send a line a chunk stay far below the limit (contract 4.6).
 */
const LEAST_PIECE = 512;

/** @returns bytes that a piece of a body counts for against the limit */
export function weightOf(piece: Buffer): number {
  return Math.max(piece.length, LEAST_PIECE);
}

/** A body on its way in. */
export interface Receiving {
  /**
   * Meta's raw bytes as soon as they are complete; undefined where the body ended without them. Where meta came first
   * the body then stands still until `rest` is called: nothing of the file is kept for who is not authenticated.
   *
   * Rejects with Refusal `bodyTooLarge`, what `refuse` was called with, or BodyLost.
   */
  readonly meta: Promise<Buffer | undefined>;
  /** Receives what is left. What is wrong with the form is not thrown: it waits in the result for validate. */
  rest(): Promise<ReceivedUpload>;
  /** Ends the waiting for meta, and keeps nothing more. */
  refuse(refusal: Refusal): void;
  /** Keeps nothing more, drops what was drafted, and lets the rest of the body run out. */
  discard(): void;
}

/** Proof that a form was received to its end. */
export type { ReceivedUpload };

/**
 * Takes the form in.
 *
 * @param open opens the body; not called for one that declares itself too large
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
  let letOn = () => {};
  let reject: (refusal: Refusal) => void = () => {};
  const letOnAgain = new Promise<void>((resolve) => {
    letOn = resolve;
  });
  let ended: Promise<void> = Promise.resolve();
  let discarded = false;
  const meta = new Promise<Buffer | undefined>((resolve, rejectMeta) => {
    reject = rejectMeta;
    let told = false;
    let length = 0;
    ended = pump(body, (chunk) => {
      // It is whoever responds that counts from here on: a pump that stopped at the limit would stop the body under its hands.
      if (discarded) return;
      length += weightOf(chunk);
      if (length > BODY_LIMIT) throw new Refusal('bodyTooLarge');
      const pending = form.write(chunk);
      if (told || !form.meta()) return pending;
      told = true;
      resolve(form.meta());
      return pending ? pending.then(() => letOnAgain) : letOnAgain;
    });
    ended.then(() => resolve(form.meta()), rejectMeta);
  });
  // Whoever waits for the rest is told of a failure there.
  ended.catch(() => form.discard());

  return {
    meta,
    async rest() {
      letOn();
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
    letOn();
  }
}

class ReceivedUpload {
  protected readonly stage = 'received';
  constructor(readonly content: FormContent) {}
}
