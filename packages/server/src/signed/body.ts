import type { Readable } from 'node:stream';
import { Refusal } from '@coupon-media/apiv3';

/** The connection ended before the body did: there is nobody left to respond to. */
export class BodyLost extends Error {
  override readonly name = 'BodyLost';
}

/**
 * Reads a body that is signed as a whole.
 *
 * @param open opens it
 * @param limit bytes; one that declares more is not opened
 * @throws Refusal `bodyTooLarge`, or BodyLost
 */
export async function readBody(
  open: () => Readable,
  declared: string | undefined,
  limit: number,
): Promise<Buffer> {
  if (Number(declared) > limit) throw new Refusal('bodyTooLarge');
  const chunks: Buffer[] = [];
  let length = 0;
  await pump(open(), (chunk) => {
    length += chunk.length;
    if (length > limit) throw new Refusal('bodyTooLarge');
    chunks.push(chunk);
  });
  return Buffer.concat(chunks, length);
}

/** Reads a stream to its end, standing still while `take` asks for it. Rejects with what `take` throws, or BodyLost. */
export function pump(body: Readable, take: (chunk: Buffer) => void | Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    // It may have closed while the request waited to be let in: then no event is to come.
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
      // Pieces that came already would be given out all the same, as many as 64 KiB hold. Whoever responds lets the rest run out.
      body.pause();
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
