import type { UncommonCoding } from './coding.js';
import type { SourceFormat } from './formats.js';

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Pixels from the upper left corner. */
export interface Rectangle extends Size {
  readonly left: number;
  readonly top: number;
}

/** The facts of a source image. They are plain data, which can be stored, sent and printed. */
export interface ImageFacts extends Size {
  readonly format: SourceFormat;
  /** Bytes of the source. */
  readonly bytes: number;
  /** EXIF orientation, 1 to 8; `width` and `height` are those of the image turned upright. */
  readonly orientation: number;
  /** Frames or pages; the first one is prepared. */
  readonly frames: number;
  /** The colour space: 'sRGB', 'grey', 'CMYK', or the name of its profile ('Display P3'). */
  readonly colour: string;
  /** Whether the colours can be used as sRGB without conversion. */
  readonly srgb: boolean;
  /** The coding of a JPG that browsers and phones do not show; undefined for all other images. */
  readonly coding: UncommonCoding | undefined;
  /**
   * Whether the service would take a JPG or PNG and everybody would see it: its header is sound, its end is there, and its coding is
   * common. Metadata does not count.
   */
  readonly uploadable: boolean;
  /** Bits of a colour component. */
  readonly depth: number;
  /** Whether any pixel is not opaque. A fully opaque alpha channel does not count. */
  readonly transparent: boolean;
  /** The width of the narrowest transparent border, in pixels; 0 without transparency. */
  readonly clearMargin: number;
  /** Whether the source is lossless, so that PNG keeps every pixel. */
  readonly lossless: boolean;
  /** The kinds of metadata: 'EXIF', 'XMP', 'text'. */
  readonly metadata: readonly string[];
  /** Bytes of the file without its metadata, with unchanged pixels; undefined if that is not possible. */
  readonly strippedBytes: number | undefined;
}
