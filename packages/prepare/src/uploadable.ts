import { imageDoubts, inspectImage } from '@coupon-media/apiv3';

/** Tells whether the service takes a JPG or PNG, and whether everybody sees it: what prepare leaves alone must be both. */
export function isUploadable(bytes: Uint8Array): boolean {
  return typeof inspectImage(bytes) !== 'string' && imageDoubts(bytes).length === 0;
}
