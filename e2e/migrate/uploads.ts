import { createHash } from 'node:crypto';
import type { Credentials } from '@coupon-media/sandbox';
import { png, type SignedUpload, send, signedUpload } from '../support/exchange.js';

/** Uploads in progress at the same time. */
const AT_A_TIME = 16;

/** An image with the URL that was given. */
export interface Given {
  readonly url: string;
  readonly file: Buffer;
  /** The request that uploaded it. */
  readonly request: SignedUpload;
}

/**
 * Uploads distinct images of 2 to 10 KiB, every tenth of them twice, and every hundredth larger than the database
 * holds.
 *
 * @param keep receives each upload
 */
export async function uploadMany(
  credentials: Credentials,
  numbers: Iterable<number>,
  keep: (given: Given) => void = () => {},
): Promise<void> {
  const rest = numbers[Symbol.iterator]();
  async function sender(): Promise<void> {
    for (let next = rest.next(); !next.done; next = rest.next()) {
      const file = imageOf(next.value);
      for (let times = next.value % 10 === 0 ? 2 : 1; times > 0; times--) {
        const request = await signedUpload(credentials, { file, filename: `券-${next.value}-${times}.png` });
        const { status, text } = await send(credentials, request);
        if (status !== 200) throw new Error(`upload ${next.value}: ${status} ${text}`);
        keep({ url: JSON.parse(text).image_url, file, request });
      }
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, sender));
}

function imageOf(number: number): Buffer {
  const seed = createHash('sha512').update(`picture ${number}`).digest();
  const bytes = number % 100 === 99 ? 80_000 : 2048 + (seed.readUInt16BE() % 8192);
  return png(108, 54, Buffer.alloc(bytes, seed));
}

/** Returns whole numbers from the first (included) to the second (excluded). */
export function* numbers(from: number, to: number): Generator<number> {
  for (let number = from; number < to; number++) yield number;
}
