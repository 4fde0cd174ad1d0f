import { imageDoubts, inspectImage } from '@coupon-media/apiv3';
import type { Look, LookAnswer, LookRequest } from './look.js';
import { pixelsOf } from './pixels.js';
import { MOST_SOURCE_BYTES } from './source-limit.js';

/** Longest side of a thumbnail, in pixels. */
const THUMBNAIL = 96;
/** Pixels beyond which an image is not decoded in the tab, not even for its margin: an icon has a fourteenth of it. */
const MOST_PIXELS = 4096 * 4096;
/** Rows whose pixels are in memory at a time. */
const STRIP = 64;

addEventListener('message', ({ ports: [port] }: MessageEvent) => {
  let last = Promise.resolve();
  port?.addEventListener('message', ({ data: { id, file } }: MessageEvent<LookRequest>) => {
    // One after another: decoded pixels take many times the memory of the file.
    last = last.then(async () => {
      const found = await look(file).catch(() => undefined);
      port.postMessage({ id, look: found } satisfies LookAnswer);
    });
  });
  port?.start();
});

async function look(file: Blob): Promise<Look> {
  const bytes = new Uint8Array(await file.slice(0, MOST_SOURCE_BYTES).arrayBuffer());
  const image = inspectImage(bytes);
  const doubts = file.size > MOST_SOURCE_BYTES ? [] : imageDoubts(bytes);
  const isShown = typeof image !== 'string' && image.width * image.height <= MOST_PIXELS;
  // A browser shows more kinds than coupons take, which preparation takes as well; what does not say its size is not decoded.
  const isOfBrowser =
    image === 'imageKindUnknown' &&
    file.size <= MOST_SOURCE_BYTES &&
    (pixelsOf(bytes) ?? Number.POSITIVE_INFINITY) <= MOST_PIXELS;
  if (!isShown && !isOfBrowser) return { image, doubts, clearMargin: undefined, thumbnail: undefined };
  const picture = await createImageBitmap(file).catch(() => undefined);
  if (!picture) return { image, doubts, clearMargin: undefined, thumbnail: undefined };
  try {
    const mayBeClear = isShown && image.kind === 'png';
    return {
      image,
      doubts,
      clearMargin: mayBeClear ? clearMargin(picture) : undefined,
      thumbnail: await thumbnailOf(picture),
    };
  } finally {
    picture.close();
  }
}

async function thumbnailOf(picture: ImageBitmap): Promise<Blob | undefined> {
  const scale = Math.min(1, THUMBNAIL / Math.max(picture.width, picture.height));
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')?.drawImage(picture, 0, 0, width, height);
  return canvas.convertToBlob({ type: 'image/webp', quality: 0.8 }).catch(() => undefined);
}

/** Pixels between the edge and the first pixel that is not wholly transparent, on the side where they are fewest. */
function clearMargin(picture: ImageBitmap): number {
  const { width, height } = picture;
  const canvas = new OffscreenCanvas(width, STRIP);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return 0;
  let [left, right, top, bottom] = [width, width, height, height];
  for (let from = 0; from < height; from += STRIP) {
    const rows = Math.min(STRIP, height - from);
    context.clearRect(0, 0, width, STRIP);
    context.drawImage(picture, 0, from, width, rows, 0, 0, width, rows);
    const { data } = context.getImageData(0, 0, width, rows);
    for (let row = 0; row < rows; row++) {
      const first = firstSeen(data, row * width, width);
      if (first < 0) continue;
      left = Math.min(left, first);
      right = Math.min(right, width - 1 - lastSeen(data, row * width, width));
      top = Math.min(top, from + row);
      bottom = height - 1 - from - row;
    }
  }
  return Math.min(left, right, top, bottom);
}

function firstSeen(pixels: Uint8ClampedArray, start: number, width: number): number {
  for (let at = 0; at < width; at++) if (pixels[4 * (start + at) + 3] !== 0) return at;
  return -1;
}

function lastSeen(pixels: Uint8ClampedArray, start: number, width: number): number {
  for (let at = width - 1; at >= 0; at--) if (pixels[4 * (start + at) + 3] !== 0) return at;
  return -1;
}
