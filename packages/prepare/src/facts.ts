import type { SourceFormat } from './formats.js';

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What is known of an image before anything is done to it. Plain data: it can be kept, sent and printed. */
export interface ImageFacts extends Size {
  readonly format: SourceFormat;
  /** Of the source. */
  readonly bytes: number;
  /** EXIF orientation, 1 to 8; `width` and `height` are those of the image turned upright. */
  readonly orientation: number;
  /** Frames or pages; the first one is prepared. */
  readonly frames: number;
  /** What its colours are: 'sRGB', 'grey', 'CMYK', or the name of its profile ('Display P3'). */
  readonly colour: string;
  /** Whether these colours may be shown as sRGB just as they are. */
  readonly srgb: boolean;
  /** Bits of a colour component. */
  readonly depth: number;
  /** Whether any pixel lets something through. An alpha channel that is opaque everywhere does not count. */
  readonly transparent: boolean;
  /** The narrowest of its four borders that are wholly transparent, in pixels. 0 without transparency. */
  readonly clearMargin: number;
  /** Whether the source holds every pixel exactly, so that PNG loses nothing by it. */
  readonly lossless: boolean;
  /** What it carries besides the image: 'EXIF', 'XMP', 'text'. */
  readonly metadata: readonly string[];
  /** Bytes that would be left if only this were removed and no pixel touched; undefined where that cannot be done. */
  readonly strippedBytes: number | undefined;
}
