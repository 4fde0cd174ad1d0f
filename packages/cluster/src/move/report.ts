import { BilingualError, type Text } from '@coupon-media/apiv3';
import type { Database } from '@coupon-media/server/engine';
import type { ClusterOptions } from '../engine/options.js';

/** The content cannot be migrated like this. The message says why, and what to do about it. */
export class MigrationError extends BilingualError {
  override readonly name = 'MigrationError';
  readonly code = 'MIGRATION';
}

export interface MoveOptions {
  /** The folder of the embedded store. A service may continue to use it. */
  readonly folder: string;
  /** The target, and the beginning of its image URLs if configured. */
  readonly config: ClusterOptions & { readonly publicUrl?: string | undefined };
  /** What brings the tables of a wrapper to their newest schema, by its owner. Default: none; a folder with such tables is not moved. */
  readonly wrappers?: Readonly<Record<string, (database: Database) => Promise<void>>>;
  /** Whether to compare everything after the migration. Default: true. */
  readonly verify?: boolean;
  /** When it aborts, the batch in progress is finished and no other is started. */
  readonly signal?: AbortSignal;
  readonly progress?: MoveProgress;
  /** Unix milliseconds. Default: `Date.now`. */
  readonly now?: () => number;
}

export interface MoveProgress {
  /** @param total the number of items of this phase; the count starts at zero with every phase */
  begin(phase: 'images' | 'uploads' | 'verify', total: number): void;
  done(count: number): void;
  /** Everything has been migrated. Only the comparison follows. */
  moved(report: Omit<MoveReport, 'verified'>): void;
}

export interface MoveReport {
  /** Images that this run migrated. Images that existed in the cluster do not count. */
  readonly images: number;
  /** Bytes of those images. */
  readonly bytes: number;
  readonly uploads: number;
  /** Merchants, platform keys and settings that were new or had changed. */
  readonly records: number;
  /** Nonces that must not be accepted again. */
  readonly nonces: number;
  /** Rows of what wraps the service, such as a relay. They are moved last, when no service has the folder. */
  readonly rows: number;
  /** The whole content of the folder, as far as this run read it. */
  readonly total: { readonly images: number; readonly uploads: number };
  /** Whether a service used the folder meanwhile. Another run must then bring the rest. */
  readonly serving: boolean;
  /** Whether the run was stopped by its signal. */
  readonly interrupted: boolean;
  /** Images that could not be migrated. Later runs try again. */
  readonly left: readonly LeftBehind[];
  /** Records that changed on both sides. The cluster's version was kept. */
  readonly conflicts: readonly string[];
  /** The file that marks the folder as moved, so that no service serves it any more; undefined if it may still be served. */
  readonly marked?: string;
  /** Undefined if nothing was compared. */
  readonly verified?: {
    readonly images: number;
    readonly uploads: number;
    readonly differences: readonly Difference[];
  };
}

/** An image that is damaged in the folder. Its uploads are left behind as well. */
export interface LeftBehind {
  readonly sha256: string;
  /** A path, or a description of the damage. */
  readonly detail: Text;
}

export interface Difference {
  readonly what: 'image' | 'object' | 'upload' | 'record';
  /** A digest, a request id, or the name of a record. */
  readonly id: string;
  readonly detail: Text;
}
