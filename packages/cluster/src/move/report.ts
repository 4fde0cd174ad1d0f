import type { Text } from '@coupon-media/apiv3';
import type { ClusterOptions } from '../engine/options.js';

/** What is there cannot be moved so, and what to do about it. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
  readonly code = 'MIGRATION';
  /** What `message` says, in both languages. */
  readonly texts: Text;

  constructor(texts: MigrationError['texts']) {
    super(texts.en);
    this.texts = texts;
  }
}

export interface MoveOptions {
  /** The embedded store's. A service may go on serving it. */
  readonly folder: string;
  /** Where to, and what the URLs of its images are to begin with, where that is said. */
  readonly config: ClusterOptions & { readonly publicUrl?: string | undefined };
  /** Whether to compare everything once it is moved. Default: true. */
  readonly verify?: boolean;
  /** Aborted, the batch under way is finished, and nothing more is begun. */
  readonly signal?: AbortSignal;
  readonly progress?: MoveProgress;
  /** Unix milliseconds. Default `Date.now`. */
  readonly now?: () => number;
}

export interface MoveProgress {
  /** @param total how many there are to do; it begins anew with every phase */
  begin(phase: 'images' | 'uploads' | 'verify', total: number): void;
  done(count: number): void;
  /** All that there was is moved; what follows only verifies. */
  moved(report: Omit<MoveReport, 'verified'>): void;
}

export interface MoveReport {
  /** What this run brought over; what was there already is not counted. */
  readonly images: number;
  /** Of those images. */
  readonly bytes: number;
  readonly uploads: number;
  /** Merchants, platform keys and settings that were new or had been changed. */
  readonly records: number;
  /** Nonces that must not be accepted again (contract 2.9). */
  readonly nonces: number;
  /** What the folder holds in all, as far as it was looked at. */
  readonly total: { readonly images: number; readonly uploads: number };
  /** Whether a service went on with the folder meanwhile: then another run has to bring the rest. */
  readonly serving: boolean;
  /** Whether it was told to stop before its end. */
  readonly interrupted: boolean;
  /** What could not be moved, and stays to be tried again. */
  readonly left: readonly LeftBehind[];
  /** Records that were changed on both sides: the cluster's stayed. */
  readonly conflicts: readonly string[];
  /** Undefined where it was not verified. */
  readonly verified?: {
    readonly images: number;
    readonly uploads: number;
    readonly differences: readonly Difference[];
  };
}

/** An image that is not whole in the folder. Its uploads stay with it. */
export interface LeftBehind {
  readonly sha256: string;
  /** A path, or what is wrong. */
  readonly detail: string;
}

export interface Difference {
  readonly what: 'image' | 'object' | 'upload' | 'record';
  /** A digest, a request id, or which record. */
  readonly id: string;
  readonly detail: string;
}
