import libheif from 'libheif-js/wasm-bundle.js';
import { PrepareError, unsupported } from '../../errors.js';
import { type HeifColour, readHeifColour } from '../../heif/colour.js';
import { readMainItem, readMetadataNames } from '../../heif/items.js';
import { countSequenceFrames, hasSequence } from '../../heif/sequence.js';
import { cicpColours } from '../colour/cicp.js';
import { checkPixels, damaged, damageNamed } from '../damage.js';
import { type RawPixels, stretchNarrowRange, undoPremultiplication } from '../raw.js';
import type { Readable } from '../readable.js';
import { pixelsToTiff } from '../redrawn.js';

/**
 * Reads the primary image of a HEIC with libheif in WebAssembly, since sharp's libvips has no HEVC because of its patents.
 * libheif turns the image upright. A call cannot be interrupted, so it must run in a process that can be killed.
 *
 * @throws PrepareError `DAMAGED`, `TOO_MANY_PIXELS`
 */
export async function heicToTiff(bytes: Buffer, maxPixels: number): Promise<Readable> {
  await libheif.ready;
  try {
    return readHeic(bytes, maxPixels);
  } catch (cause) {
    // C++ exceptions arrive as numbers, and WebAssembly traps as other errors.
    throw cause instanceof PrepareError ? cause : damaged('heic', 'undecodable', {}, cause);
  }
}

function readHeic(bytes: Buffer, maxPixels: number): Readable {
  const item = readMainItem(bytes);
  if (!item) throw hasSequence(bytes) ? unsupported(SEQUENCE_ALONE) : damaged('heic', 'header');
  const colour = readHeifColour(item.properties);
  const { nclx, profile, peak, depth } = colour;
  const colours = nclx && !profile ? cicpColours(nclx.primaries, nclx.transfer, peak) : undefined;
  const { pixels, images } = decodeMain(bytes, colour, maxPixels);
  if (colour.monochrome && nclx?.fullRange === false && isUnstretched(pixels)) stretchNarrowRange(pixels);
  if (item.premultiplied) undoPremultiplication(pixels);
  return {
    bytes: pixelsToTiff(pixels, { colours, profile }),
    frames: Math.max(images, countSequenceFrames(bytes)),
    metadata: readMetadataNames(bytes),
    depth,
    colour: colours?.name,
  };
}

const SEQUENCE_ALONE = {
  'zh-CN': '没有静态主图的 HEIC 序列',
  en: 'a HEIC sequence without a still image',
};

function decodeMain(
  bytes: Buffer,
  colour: HeifColour,
  maxPixels: number,
): { pixels: RawPixels; images: number } {
  const context = libheif.heif_context_alloc();
  if (!context) throw damaged('heic', 'undecodable');
  try {
    check(libheif.heif_context_read_from_memory(context, bytes));
    const images = libheif.heif_context_get_number_of_top_level_images(context);
    const handle = taken(libheif.heif_js_context_get_primary_image_handle(context));
    try {
      return { pixels: decode(handle, colour.depth, maxPixels), images };
    } finally {
      libheif.heif_image_handle_release(handle);
    }
  } finally {
    libheif.heif_context_free(context);
  }
}

type Handle = Parameters<typeof libheif.heif_image_handle_release>[0];
type HeifError = ReturnType<typeof libheif.heif_context_read_from_memory>;

/** Decodes to eight bits, or to all bits where there are more. */
function decode(handle: Handle, depth: number, maxPixels: number): RawPixels {
  const width = libheif.heif_image_handle_get_width(handle);
  const height = libheif.heif_image_handle_get_height(handle);
  checkPixels('heic', width, height, maxPixels);
  const channels = libheif.heif_image_handle_has_alpha_channel(handle) === 0 ? 3 : 4;
  const space = libheif.heif_colorspace.heif_colorspace_RGB;
  const decoded = taken(libheif.heif_js_decode_image2(handle, space, interleaved(channels, depth)));
  try {
    const plane = decoded.channels.find(({ id }) => id === libheif.heif_channel.heif_channel_interleaved);
    // The decoded size must be the checked one.
    if (plane?.width !== width || plane.height !== height) throw damaged('heic', 'otherSize');
    const bytesEach = depth > 8 ? 2 : 1;
    const row = width * channels * bytesEach;
    const packed = new Uint8Array(row * height);
    for (let y = 0; y < height; y++) {
      packed.set(plane.data.subarray(y * plane.stride, y * plane.stride + row), y * row);
    }
    const data = bytesEach === 2 ? new Uint16Array(packed.buffer) : packed;
    return { data, width, height, channels, most: (1 << depth) - 1 };
  } finally {
    libheif.heif_image_release(decoded.image);
  }
}

function interleaved(channels: 3 | 4, depth: number): unknown {
  const { heif_chroma: chroma } = libheif;
  if (depth > 8) {
    return channels === 3
      ? chroma.heif_chroma_interleaved_RRGGBB_LE
      : chroma.heif_chroma_interleaved_RRGGBBAA_LE;
  }
  return channels === 3 ? chroma.heif_chroma_interleaved_RGB : chroma.heif_chroma_interleaved_RGBA;
}

/** Tells whether grey still has the limited range, which libheif does not stretch in all its versions. */
function isUnstretched({ data, channels, most }: RawPixels): boolean {
  const black = Math.floor((15 * (most + 1)) / 256);
  const white = Math.ceil((236 * (most + 1)) / 256);
  return data.every((value, at) => (channels === 4 && at % 4 === 3) || (value >= black && value <= white));
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
  const words = error.message?.trim() ?? '';
  return damaged('heic', damageNamed(words), {}, words);
}
