import { type ImageKind, mediaTypes } from './image.js';

/** Identifies an image by the digest and the kind of its bytes. */
export interface ImageId {
  /** 64 lower-case hex digits. */
  readonly sha256: string;
  readonly kind: ImageKind;
}

/**
 * The name of an image wherever it is stored, `{sha256}.{jpg|png|bmp}`: the same bytes have the same name (contract 6.4).
 *
 * @example
 * ```ts
 * import { imageName } from '@coupon-media/apiv3';
 *
 * console.log(imageName({ sha256: 'a'.repeat(64), kind: 'png' }).length); // 68
 * ```
 */
export function imageName({ sha256, kind }: ImageId): string {
  return `${sha256}.${kind}`;
}

/**
 * @returns the image with exactly this name; undefined if no image can have it
 * @example
 * ```ts
 * import { readImageName } from '@coupon-media/apiv3';
 *
 * console.log(readImageName(`${'a'.repeat(64)}.png`)?.kind); // 'png'
 * console.log(readImageName('coupon.png')); // undefined
 * ```
 */
export function readImageName(name: string): ImageId | undefined {
  const [sha256 = '', suffix] = NAME.test(name) ? name.split('.') : [];
  const kind = KINDS.find((kind) => kind === suffix);
  return kind && { sha256, kind };
}

/**
 * The path of an image under a service's public URL and in a bucket, so that a bucket can serve its objects.
 *
 * @example
 * ```ts
 * import { imagePath } from '@coupon-media/apiv3';
 *
 * console.log(imagePath({ sha256: 'a'.repeat(64), kind: 'jpg' }).startsWith('images/aaaa')); // true
 * ```
 */
export function imagePath(image: ImageId): string {
  return IMAGES_FOLDER + imageName(image);
}

/**
 * @returns the image with exactly this path; undefined if no image can have it
 * @example
 * ```ts
 * import { readImagePath } from '@coupon-media/apiv3';
 *
 * console.log(readImagePath(`images/${'a'.repeat(64)}.bmp`)?.kind); // 'bmp'
 * ```
 */
export function readImagePath(path: string): ImageId | undefined {
  return path.startsWith(IMAGES_FOLDER) ? readImageName(path.slice(IMAGES_FOLDER.length)) : undefined;
}

/** The prefix of every {@link imagePath}. */
export const IMAGES_FOLDER = 'images/';

const KINDS = Object.keys(mediaTypes) as ImageKind[];

/** The pattern of an image's name, as JSON schemas write it. */
export const imageNamePattern = `^[0-9a-f]{64}\\.(${KINDS.join('|')})$`;

const NAME = new RegExp(imageNamePattern);
