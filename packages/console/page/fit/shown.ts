import { prepareImage } from '../server/prepare.js';

/** Pixels of the longer side at which a source is shown. */
const LONGEST = 1024;

/**
 * Makes a picture of a file that is small enough to be dragged over: of forty megapixels a browser would hold 160 MB. What the
 * browser cannot show, such as HEIC, the server turns into something that it can.
 *
 * @returns undefined if neither can
 */
export async function shownPicture(file: Blob, signal: AbortSignal): Promise<Blob | undefined> {
  const own = await scaledDown(file);
  if (own) return own;
  const made = await prepareImage({ file, slot: undefined, preparation: {} }, signal);
  return 'code' in made ? undefined : scaledDown(made.image);
}

async function scaledDown(file: Blob): Promise<Blob | undefined> {
  const picture = await createImageBitmap(file, { resizeWidth: LONGEST, resizeQuality: 'medium' }).catch(
    () => undefined,
  );
  if (!picture) return undefined;
  try {
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    canvas.getContext('2d')?.drawImage(picture, 0, 0);
    return await canvas.convertToBlob({ type: 'image/webp', quality: 0.85 });
  } catch {
    return undefined;
  } finally {
    picture.close();
  }
}
