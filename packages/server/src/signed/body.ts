import type { Readable } from 'node:stream';
import { Refusal } from '@coupon-media/apiv3';

/** The connection ended before the body did, so no response can be delivered. */
export class BodyLost extends Error {
  override readonly name = 'BodyLost';
}

/**
 * Reads a body that is signed as a whole.
 *
 * @param open opens the body
 * @param declared the Content-Length header, as sent
 * @param limit the most bytes that the body may have. A body that declares more is not opened
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

/**
 * Reads a stream to its end and pauses it while `take` asks for that. Rejects with whatever `take` throws, or with
 * BodyLost.
 */
export function pump(body: Readable, take: (chunk: Buffer) => void | Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    // The stream may have closed while the request waited for admission. In that case no further event will come.
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
      // Without the pause, chunks that have already arrived (up to 64 KiB) would still be emitted. The code that
      // responds drains the rest.
      body.pause();
      reject(error);
    }
    body.on('data', data);
    body.once('end', resolve);
    body.once('error', (cause) => stop(new BodyLost('the body failed', { cause })));
    body.once('close', () => {
      // Every body closes, and creating an Error costs 10 µs for its stack, so it is created only when needed.
      if (!body.readableEnded) stop(new BodyLost('the connection ended before the body did'));
    });
  });
}
