import { IMAGE_BYTES_LIMIT, redacted, type Text } from '@coupon-media/apiv3';
import { PrepareError } from './errors.js';
import type { Rectangle, Size } from './facts.js';
import { describeSlot, type Fit, type Slot, type SlotName } from './slots.js';

/** The important part of an image: it stays if the rest is cropped, and it is the position of a padded image. */
export type Focus = 'centre' | 'top' | 'bottom' | 'left' | 'right';

/** The options of the preparation. The slot decides the defaults. */
export interface PrepareOptions {
  /** The slot of the image. Default: none; the image keeps its shape, and only what the page would refuse is corrected. */
  slot?: SlotName;
  /**
   * `crop` fills the slot and cuts off the rest; `pad` shows the whole image on `background`; `contain` shows the whole image
   * on transparency, which requires PNG. Default: that of the slot (`contain` for an icon, else `crop`). Only with a slot.
   */
  fit?: Fit;
  /** Default: `centre`. Only with a slot. */
  focus?: Focus;
  /**
   * The part of the upright image that is used, in pixels from its upper left corner; the slot's `fit` then places this part. Default:
   * the whole image.
   */
  crop?: Rectangle;
  /**
   * The colour behind the image, `#rgb` or `#rrggbb`, which fills transparent parts. The margin of an icon stays transparent.
   * Default: white for `pad`; else none, and transparency is kept.
   */
  background?: string;
  /** The largest result in bytes. Default: 2,000,000; at most 2,097,152 (contract 5.6). */
  maxBytes?: number;
  /** The name of the source, for the suggested filename. Default: the last part of the path, or the name of the slot. */
  name?: string;
  limits?: PrepareLimits;
  /** Stops the work; the promise rejects with `ABORTED`. */
  signal?: AbortSignal;
}

/** The limits for a source. Raise them only for files that you trust. */
export interface PrepareLimits {
  /** Bytes of the source. Default: 134,217,728 (128 MiB). */
  maxSourceBytes?: number;
  /** Width times height of the source. Default: 67,108,864 (8192 × 8192). */
  maxPixels?: number;
  /**
   * Milliseconds of processor time for decoding and encoding, after which the decoding process is killed. Waiting for a busy
   * machine does not count; a process that only waits is killed after ten times as long and a minute. Default: 30,000.
   */
  timeLimit?: number;
  /**
   * The most memory of the decoding process in bytes, its own 100 MB included, above which it is killed. Default: 1,610,612,736
   * (1.5 GiB).
   */
  memoryLimit?: number;
}

/** The checked options with defaults. They are plain data, so that they can be sent to another process. */
export interface Request {
  readonly slot: Slot | undefined;
  readonly fit: Fit;
  readonly focus: Focus;
  /** Not yet compared with the size of the image. */
  readonly crop: Rectangle | undefined;
  /** `#rrggbb` */
  readonly background: string | undefined;
  readonly maxBytes: number;
}

/** The limits with defaults, and the one by the clock. */
export interface TaskLimits extends Readonly<Required<PrepareLimits>> {
  /** Milliseconds of the clock. */
  readonly wallLimit: number;
}

/** @throws PrepareError `OPTION_INVALID` */
export function checkOptions(options: PrepareOptions): Request {
  const slot = options.slot === undefined ? undefined : slotFacts(options.slot);
  if (!slot) for (const option of ['fit', 'focus'] as const) refuseWithoutSlot(option, options[option]);
  const fit = oneOf('fit', FITS, options.fit ?? slot?.fit ?? 'contain');
  return {
    slot,
    fit,
    focus: oneOf('focus', FOCUSES, options.focus ?? 'centre'),
    crop: options.crop === undefined ? undefined : rectangle(options.crop),
    background: colour(options.background ?? (slot && fit === 'pad' ? '#ffffff' : undefined)),
    maxBytes: count('maxBytes', options.maxBytes ?? 2_000_000, IMAGE_BYTES_LIMIT),
  };
}

/** What a thumbnail may be: pixels of its longer side, and bytes. */
export interface ThumbnailBounds {
  readonly side: number;
  readonly maxBytes: number;
}

/** @throws PrepareError `OPTION_INVALID` */
export function checkThumbnail({ side = 256, maxBytes = 20_480 }: Partial<ThumbnailBounds>): ThumbnailBounds {
  return { side: count('side', side, 1024), maxBytes: count('maxBytes', maxBytes, IMAGE_BYTES_LIMIT) };
}

/** @throws PrepareError `OPTION_INVALID` */
export function checkLimits(limits: PrepareLimits = {}): TaskLimits {
  const timeLimit = count('limits.timeLimit', limits.timeLimit ?? 30_000, 2 ** 31 - 1);
  return {
    maxSourceBytes: count('limits.maxSourceBytes', limits.maxSourceBytes ?? 128 * MIB, 2048 * MIB - 1),
    maxPixels: count('limits.maxPixels', limits.maxPixels ?? 8192 * 8192, 16384 * 16384),
    timeLimit,
    wallLimit: Math.min(10 * timeLimit + 60_000, 2 ** 31 - 1),
    memoryLimit: count('limits.memoryLimit', limits.memoryLimit ?? 1536 * MIB, Number.MAX_SAFE_INTEGER),
  };
}

/** A part that is not within the image. */
export function refuseCrop({ left, top, width, height }: Rectangle, image: Size): PrepareError {
  const expected = {
    'zh-CN': `不超出 ${image.width}×${image.height} 的区域`,
    en: `a part of ${image.width} × ${image.height}`,
  };
  return invalid('crop', [left, top, width, height].join(','), expected);
}

const MIB = 1024 * 1024;
const FITS: readonly Fit[] = ['crop', 'pad', 'contain'];
const FOCUSES: readonly Focus[] = ['centre', 'top', 'bottom', 'left', 'right'];

/** Gives a slot without the sentence for people. */
function slotFacts(name: SlotName): Slot {
  const { text: _, ...slot } = describeSlot(name);
  return slot;
}

function refuseWithoutSlot(option: string, value: string | undefined): void {
  if (value !== undefined) throw invalid(option, value, WITH_SLOT);
}

const WITH_SLOT = { 'zh-CN': '与 slot 一起使用', en: 'a slot beside it' };

function oneOf<T extends string>(option: string, allowed: readonly T[], value: T): T {
  if (allowed.includes(value)) return value;
  throw invalid(option, value, allowed.join(' | '));
}

function count(option: string, value: number, most: number): number {
  if (Number.isSafeInteger(value) && value >= 1 && value <= most) return value;
  throw invalid(option, value, `1 … ${most}`);
}

function rectangle({ left, top, width, height }: Rectangle): Rectangle {
  const isPart =
    [left, top, width, height].every((value) => Number.isSafeInteger(value) && value >= 0) &&
    width > 0 &&
    height > 0;
  if (!isPart) throw invalid('crop', [left, top, width, height].join(','), CROP);
  return { left, top, width, height };
}

const CROP = { 'zh-CN': '以像素计的 left,top,width,height', en: 'left,top,width,height in pixels' };

/** Normalises a colour to `#rrggbb`, so that equal colours are equal text. */
function colour(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const digits = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(value)?.[1]?.toLowerCase();
  if (digits === undefined) throw invalid('background', value, '#rgb | #rrggbb');
  return `#${digits.length === 3 ? digits.replace(/./g, '$&$&') : digits}`;
}

function invalid(option: string, found: unknown, expected: string | Text): PrepareError {
  return new PrepareError('OPTION_INVALID', { option, found: redacted(found), expected });
}
