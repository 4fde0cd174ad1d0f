import { IMAGE_BYTES_LIMIT, redacted } from '@coupon-media/apiv3';
import { PrepareError } from './errors.js';
import { describeSlot, type Fit, type Slot, type SlotName } from './slots.js';

/** Which part of an image matters: it stays when the rest is cropped, and it is where a padded image stands. */
export type Focus = 'centre' | 'top' | 'bottom' | 'left' | 'right';

/** How an image is to be prepared. What is left out is decided by the slot. */
export interface PrepareOptions {
  /** The place it is for. Default: none; the image keeps its shape, and only what the page would refuse is mended. */
  slot?: SlotName;
  /**
   * `crop` fills the slot and cuts off what overhangs; `pad` shows all of it on `background`; `contain` shows all of it on
   * transparency, which makes it a PNG. Default: the slot's (`contain` for an icon, else `crop`). Only with a slot.
   */
  fit?: Fit;
  /** Default: `centre`. Only with a slot. */
  focus?: Focus;
  /**
   * A colour to be laid behind the image, `#rgb` or `#rrggbb`; transparent parts are filled with it. An icon's margin stays
   * transparent. Default: white for `pad`; else none, and transparency is kept.
   */
  background?: string;
  /** Bytes that the result may have. Default: 2,000,000; at most 2,097,152 (contract 5.6). */
  maxBytes?: number;
  /** The source's name, for the suggested filename. Default: the path's last part, or what the slot is called. */
  name?: string;
  limits?: PrepareLimits;
  /** Stops the work; the promise rejects with `ABORTED`. */
  signal?: AbortSignal;
}

/** What a source may cost before it is refused. Raise them only for files that you trust. */
export interface PrepareLimits {
  /** Bytes of the source. Default: 134,217,728 (128 MiB). */
  maxSourceBytes?: number;
  /** Width times height of the source. Default: 67,108,864 (8192 × 8192). */
  maxPixels?: number;
  /** Milliseconds for decoding and encoding. The decoding process is then killed. Default: 30,000. */
  timeLimit?: number;
  /** Bytes that the decoding process may hold, its own 100 MB included. It is then killed. Default: 1,610,612,736 (1.5 GiB). */
  memoryLimit?: number;
}

/** Options after the check, defaults filled in. Plain data, so that it can be sent to another process. */
export interface Request {
  readonly slot: Slot | undefined;
  readonly fit: Fit;
  readonly focus: Focus;
  /** `#rrggbb` */
  readonly background: string | undefined;
  readonly maxBytes: number;
}

/** Limits, defaults filled in. */
export type Limits = Readonly<Required<PrepareLimits>>;

/** @throws PrepareError `OPTION_INVALID` */
export function checkOptions(options: PrepareOptions): Request {
  const slot = options.slot === undefined ? undefined : slotFacts(options.slot);
  if (!slot) for (const option of ['fit', 'focus'] as const) refuseWithoutSlot(option, options[option]);
  const fit = oneOf('fit', FITS, options.fit ?? slot?.fit ?? 'contain');
  return {
    slot,
    fit,
    focus: oneOf('focus', FOCUSES, options.focus ?? 'centre'),
    background: colour(options.background ?? (slot && fit === 'pad' ? '#ffffff' : undefined)),
    maxBytes: count('maxBytes', options.maxBytes ?? 2_000_000, IMAGE_BYTES_LIMIT),
  };
}

/** @throws PrepareError `OPTION_INVALID` */
export function checkLimits(limits: PrepareLimits = {}): Limits {
  return {
    maxSourceBytes: count('limits.maxSourceBytes', limits.maxSourceBytes ?? 128 * MIB, 2048 * MIB - 1),
    maxPixels: count('limits.maxPixels', limits.maxPixels ?? 8192 * 8192, 16384 * 16384),
    timeLimit: count('limits.timeLimit', limits.timeLimit ?? 30_000, 2 ** 31 - 1),
    memoryLimit: count('limits.memoryLimit', limits.memoryLimit ?? 1536 * MIB, Number.MAX_SAFE_INTEGER),
  };
}

const MIB = 1024 * 1024;
const FITS: readonly Fit[] = ['crop', 'pad', 'contain'];
const FOCUSES: readonly Focus[] = ['centre', 'top', 'bottom', 'left', 'right'];

/** A slot without the sentence for people. */
function slotFacts(name: SlotName): Slot {
  const { text: _, ...slot } = describeSlot(name);
  return slot;
}

function refuseWithoutSlot(option: string, value: string | undefined): void {
  if (value !== undefined) throw invalid(option, value, 'a slot beside it');
}

function oneOf<T extends string>(option: string, allowed: readonly T[], value: T): T {
  if (allowed.includes(value)) return value;
  throw invalid(option, value, allowed.join(' | '));
}

function count(option: string, value: number, most: number): number {
  if (Number.isSafeInteger(value) && value >= 1 && value <= most) return value;
  throw invalid(option, value, `1 … ${most}`);
}

/** One way of writing a colour, so that the ways of using it agree. */
function colour(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const digits = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(value)?.[1]?.toLowerCase();
  if (digits === undefined) throw invalid('background', value, '#rgb | #rrggbb');
  return `#${digits.length === 3 ? digits.replace(/./g, '$&$&') : digits}`;
}

function invalid(option: string, found: unknown, expected: string): PrepareError {
  return new PrepareError('OPTION_INVALID', { option, found: redacted(found), expected });
}
