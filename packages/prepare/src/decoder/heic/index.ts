import libheif from 'libheif-js/wasm-bundle.js';
import { PrepareError } from '../../errors.js';
import { checkPixels, damaged } from '../damage.js';
import { draftTiff } from '../tiff.js';
import { readColourProfile, readMetadataNames } from './boxes.js';

/** A HEIC as a TIFF, and what it held besides. */
export interface ReadHeic {
  readonly bytes: Buffer;
  /** Images. */
  readonly frames: number;
  readonly metadata: readonly string[];
}

/**
 * Reads a HEIC's primary image by libheif in WebAssembly: sharp's libvips comes without HEVC, for its patents. libheif turns
 * it upright itself. It works in one stretch that nothing can interrupt, so only where a process may be killed.
 *
 * @throws PrepareError `DAMAGED`, `TOO_MANY_PIXELS`
 */
export async function heicToTiff(bytes: Buffer, maxPixels: number): Promise<ReadHeic> {
  await libheif.ready;
  try {
    return readHeic(bytes, maxPixels);
  } catch (cause) {
    // C++ exceptions arrive as numbers, and a trap of WebAssembly as an error of its own.
    throw cause instanceof PrepareError ? cause : damaged('heic', `libheif failed: ${cause}`, cause);
  }
}

function readHeic(bytes: Buffer, maxPixels: number): ReadHeic {
  const context = libheif.heif_context_alloc();
  if (!context) throw damaged('heic', 'no memory for it');
  try {
    check(libheif.heif_context_read_from_memory(context, bytes));
    const frames = libheif.heif_context_get_number_of_top_level_images(context);
    const handle = taken(libheif.heif_js_context_get_primary_image_handle(context));
    try {
      const tiff = decode(handle, readColourProfile(bytes), maxPixels);
      return { bytes: tiff, frames, metadata: readMetadataNames(bytes) };
    } finally {
      libheif.heif_image_handle_release(handle);
    }
  } finally {
    libheif.heif_context_free(context);
  }
}

type Handle = Parameters<typeof libheif.heif_image_handle_release>[0];
type HeifError = ReturnType<typeof libheif.heif_context_read_from_memory>;

function decode(handle: Handle, profile: Buffer | undefined, maxPixels: number): Buffer {
  const width = libheif.heif_image_handle_get_width(handle);
  const height = libheif.heif_image_handle_get_height(handle);
  checkPixels('heic', width, height, maxPixels);
  const channels = libheif.heif_image_handle_has_alpha_channel(handle) === 0 ? 3 : 4;
  const { heif_chroma_interleaved_RGB: rgb, heif_chroma_interleaved_RGBA: rgba } = libheif.heif_chroma;
  const space = libheif.heif_colorspace.heif_colorspace_RGB;
  const decoded = taken(libheif.heif_js_decode_image2(handle, space, channels === 3 ? rgb : rgba));
  try {
    const plane = decoded.channels.find(({ id }) => id === libheif.heif_channel.heif_channel_interleaved);
    // The size that was promised is the one that was checked.
    if (plane?.width !== width || plane.height !== height)
      throw damaged('heic', 'it is not of the size it says');
    const { file, pixels } = draftTiff({ width, height, channels, profile });
    const row = width * channels;
    for (let y = 0; y < height; y++) {
      pixels.set(plane.data.subarray(y * plane.stride, y * plane.stride + row), y * row);
    }
    return file;
  } finally {
    libheif.heif_image_release(decoded.image);
  }
}

/** A value, or else the error that came in its place. */
function taken<T extends object>(result: T | HeifError): T {
  if ('code' in result && result.code !== undefined) throw unread(result);
  return result as T;
}

function check(result: HeifError): void {
  if (result.code !== libheif.heif_error_code.heif_error_Ok) throw unread(result);
}

function unread(error: HeifError): Error {
  return damaged('heic', error.message?.trim() || 'libheif cannot read it');
}
