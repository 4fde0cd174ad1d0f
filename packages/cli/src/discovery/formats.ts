/** Suffixes of what can be uploaded as it is (contract 1.3). */
export const UPLOADABLE: ReadonlySet<string> = new Set(['.jpg', '.jpeg', '.png', '.bmp']);

/** Suffixes of what can be uploaded once it is prepared. */
export const PREPARABLE: ReadonlySet<string> = new Set([
  ...UPLOADABLE,
  '.webp',
  '.avif',
  '.gif',
  '.tif',
  '.tiff',
  '.heic',
  '.heif',
]);
