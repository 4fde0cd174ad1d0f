import { type ImageKind, mediaTypes } from './image.js';

/** Which image: its bytes' digest, and the kind that they are. */
export interface ImageId {
  /** 64 lower-case hex digits. */
  readonly sha256: string;
  readonly kind: ImageKind;
}

/** What an image is called wherever it is kept, so that the same bytes have the same name (contract 6.4): `{sha256}.{jpg|png|bmp}`. */
export function imageName({ sha256, kind }: ImageId): string {
  return `${sha256}.${kind}`;
}

/** @returns the image that has exactly this name; undefined where none has */
export function readImageName(name: string): ImageId | undefined {
  const [sha256 = '', suffix] = NAME.test(name) ? name.split('.') : [];
  const kind = KINDS.find((kind) => kind === suffix);
  return kind && { sha256, kind };
}

/** Where an image is under a service's public URL, and in a bucket: so a bucket can serve what it holds. */
export function imagePath(image: ImageId): string {
  return IMAGES_FOLDER + imageName(image);
}

/** @returns the image that has exactly this path; undefined where none has */
export function readImagePath(path: string): ImageId | undefined {
  return path.startsWith(IMAGES_FOLDER) ? readImageName(path.slice(IMAGES_FOLDER.length)) : undefined;
}

/** What every {@link imagePath} begins with. */
export const IMAGES_FOLDER = 'images/';

const KINDS = Object.keys(mediaTypes) as ImageKind[];

/** An image's name, as a pattern of JSON schemas. */
export const imageNamePattern = `^[0-9a-f]{64}\\.(${KINDS.join('|')})$`;

const NAME = new RegExp(imageNamePattern);
