import type { Readable } from 'node:stream';
import { Refusal } from '@coupon-media/apiv3';
import type { ImageStore } from '../stores/index.js';
import { createUploadForm, type FormContent } from './form.js';
import type { IdentifiedUploader } from '../signed/identify.js';

/** Bytes of a body past which it is answered with 413 (contract 5.7). */
export const BODY_LIMIT = 8 * 1024 * 1024;

/** A body on its way in. */
export interface Receiving {
  /**
   * Meta's raw bytes as soon as they are complete; undefined where the body ended without them. Where meta came first
   * the body then stands still until `rest` is called: nothing of the file is kept for who is not authenticated.
   *
   * Rejects with Refusal `bodyTooLarge`, or BodyLost.
   */
  readonly meta: Promise<Buffer | undefined>;
  /** Receives what is left. What is wrong with the form is not thrown: it waits in the result for validate. */
  rest(): Promise<Received>;
  /** Keeps nothing more, drops what was drafted, and lets the rest of the body run out. */
  discard(): void;
}

/** Proof that a form was received to its end. */
export type { Received as ReceivedUpload };

/** The connection ended before the body did: there is nobody left to answer. */
export class BodyLost extends Error {
  override readonly name = 'BodyLost';
}

/**
 * The second stage: takes the form in.
 *
 * @param open opens the body; not called for one that declares itself too large
 * @throws Refusal `bodyTooLarge`
 */
export function receive(sender: IdentifiedUploader, open: () => Readable, images: ImageStore): Receiving {
  if (Number(sender.head.header('content-length')) > BODY_LIMIT) throw new Refusal('bodyTooLarge');
  const body = open();
  const form = createUploadForm(sender.head.header('content-type'), () => images.draft());
  let letOn = () => {};
  const letOnAgain = new Promise<void>((resolve) => {
    letOn = resolve;
  });
  let ended: Promise<void> = Promise.resolve();
  const meta = new Promise<Buffer | undefined>((resolve, reject) => {
    let told = false;
    let length = 0;
    ended = pump(body, (chunk) => {
      length += chunk.length;
      if (length > BODY_LIMIT) throw new Refusal('bodyTooLarge');
      const pending = form.write(chunk);
      if (told || !form.meta()) return pending;
      told = true;
      resolve(form.meta());
      return pending ? pending.then(() => letOnAgain) : letOnAgain;
    });
    ended.then(() => resolve(form.meta()), reject);
  });
  // Whoever waits for the rest is told of a failure there.
  ended.catch(() => form.discard());

  return {
    meta,
    async rest() {
      letOn();
      await ended;
      return new Received(form.content());
    },
    discard() {
      form.discard();
      letOn();
    },
  };
}

class Received {
  protected readonly stage = 'received';
  constructor(readonly content: FormContent) {}
}

/** Reads a stream to its end, standing still while `take` asks for it. Rejects with what `take` throws, or BodyLost. */
function pump(body: Readable, take: (chunk: Buffer) => void | Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    // It may have closed while the upload waited to be let in: then no event is to come.
    if (body.destroyed) return reject(new BodyLost('the connection ended before its body was read'));
    function data(chunk: Buffer): void {
      try {
        const pending = take(chunk);
        if (!pending) return;
        body.pause();
        pending.then(() => body.resume(), stop);
      } catch (error) {
        stop(error);
      }
    }
    function stop(error: unknown): void {
      body.off('data', data);
      reject(error);
    }
    body.on('data', data);
    body.once('end', resolve);
    body.once('error', (cause) => stop(new BodyLost('the body failed', { cause })));
    body.once('close', () => {
      // Every body closes, and an error costs 10 µs: it looks at the stack.
      if (!body.readableEnded) stop(new BodyLost('the connection ended before the body did'));
    });
  });
}
