import { randomBytes } from 'node:crypto';
import { writeMeta } from '@coupon-media/apiv3';
import type { Credentials } from '@coupon-media/sandbox';
import type { Random } from '../fuzz/random.js';
import { form, PNG, png, type SignedUpload, sha256, signedUpload, wholeWith } from '../support/exchange.js';

/** An image that differs from all others. */
export interface TestImage {
  readonly file: Buffer;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** An image, and a signed request that uploads it. */
export interface ImageUpload {
  readonly image: TestImage;
  readonly signed: SignedUpload;
}

/** Ranges of sizes in bytes, each equally likely. The store keeps up to 64 KiB in its database and more in a file. */
const SIZES: readonly (readonly [number, number])[] = [
  [100, 2_000],
  [8_000, 20_000],
  [8_000, 20_000],
  [65_535, 65_537],
  [66_000, 200_000],
  [200_000, 600_000],
  [2_000_000, 2_097_152],
];

/** Returns an image of one of the sizes that the store treats differently. */
export function someImage(random: Random): TestImage {
  const [from, to] = random.pick(SIZES);
  return imageOf(from + random.below(to - from + 1));
}

/** @param bytes at least the length of a PNG's head, and 24 */
export function imageOf(bytes: number): TestImage {
  const file = png(1, 1, wholeWith(randomBytes(bytes - PNG.length - 24)));
  return { file, sha256: sha256(file) };
}

/**
 * Signs an upload with a new nonce.
 *
 * @param first the part that is sent first, since clients differ (contract 4.1)
 */
export async function uploadOf(
  credentials: Credentials,
  image: TestImage,
  first: 'meta' | 'file' = 'meta',
): Promise<ImageUpload> {
  const meta = writeMeta({ filename: `${image.sha256.slice(0, 8)}.png`, sha256: image.sha256 });
  const body =
    first === 'meta'
      ? form([['meta', meta], ['file', image.file]]) // biome-ignore format: a line
      : form([['file', image.file], ['meta', meta]]); // biome-ignore format: a line
  return { image, signed: await signedUpload(credentials, { meta, body }) };
}

/** Returns the URL of an image according to contract 6.4. */
export function urlOf({ baseUrl }: Credentials, { sha256 }: Pick<TestImage, 'sha256'>): string {
  return `${baseUrl}/images/${sha256}.png`;
}
