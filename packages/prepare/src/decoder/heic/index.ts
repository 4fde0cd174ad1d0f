import libheif from 'libheif-js/wasm-bundle.js';
import { PrepareError } from '../../errors.js';
import { checkPixels, damaged } from '../damage.js';
import { draftTiff } from '../tiff.js';
import { readColourProfile, readMetadataNames } from './boxes.js';

/** A HEIC converted to TIFF, with its metadata. */
export interface ReadHeic {
  readonly bytes: Buffer;
  /** The number of images. */
  readonly frames: number;
  readonly metadata: readonly string[];
}

/**
 * Reads the primary image of a HEIC with libheif in WebAssembly, since sharp's libvips has no HEVC because of its patents.
 * libheif turns the image upright. A call cannot be interrupted, so it must run in a process that can be killed.
 *
 * @throws PrepareError `DAMAGED`, `TOO_MANY_PIXELS`
 */
export async function heicToTiff(bytes: Buffer, maxPixels: number): Promise<ReadHeic> {
  await libheif.ready;
  try {
    return readHeic(bytes, maxPixels);
  } catch (cause) {
    // C++ exceptions arrive as numbers, and WebAssembly traps as other errors.
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
    // The decoded size must be the checked one.
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

/** Gives a value, or throws the error that libheif returned in its place. */
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
