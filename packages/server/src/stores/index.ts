import type { Readable } from 'node:stream';
import { BilingualError, type ImageKind, type SchemeName, type Text } from '@coupon-media/apiv3';
import type { UsedNonce } from '../limits/nonces.js';
import type { Row, Statement } from './database.js';

/** Reading or writing failed. The `cause` is the error of the disk, the database or the network. */
export class StoreError extends BilingualError {
  override readonly name = 'StoreError';
  readonly code = 'STORE';
}

/**
 * Runs `act` and wraps its error in a StoreError that says what could not be done.
 *
 * @param message or what makes it, if that costs more than what is done
 */
export async function wrapStoreError<T>(message: Text | (() => Text), act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    // A StoreError comes from closer to the cause and already explains it. A RangeError is a wrong argument, not a
    // failure of the store.
    throw cause instanceof StoreError || cause instanceof RangeError
      ? cause
      : new StoreError(typeof message === 'function' ? message() : message, { cause });
  }
}

/**
 * Stores images and the uploads that brought them. Two rules hold for every method here and in {@link MerchantStore}:
 * - `undefined` (or `false`) means that something does not exist; a failure rejects with a StoreError.
 * - Once a promise has resolved, the change is durable: it survives SIGKILL and a power cut.
 */
export interface ImageStore extends ImageReader {
  /** Begins to receive an image. A draft costs nothing until more than {@link HELD_IN_MEMORY} bytes have arrived. */
  draft(): ImageDraft;
  /** Makes a small write as an upload would. Rejects if the store cannot take uploads at the moment. */
  ready(): Promise<void>;
  /** Closes the store after the commits in progress. Open drafts are discarded. */
  close(): Promise<void>;
}

/** The part of a store that only reads. */
export interface ImageReader {
  /**
   * @param sha256 64 lower-case hex digits
   * @param kind the kind that the image should have, if known; it saves some engines a query
   * @returns undefined if no such image is stored. An engine may return an image of another kind
   */
  read(sha256: string, kind?: ImageKind): Promise<StoredBytes | undefined>;
  /** Lists uploads, newest first. Uploads that arrive between two pages do not shift the pages. */
  uploads(query: UploadQuery): Promise<UploadPage>;
}

/** Follows work that may take minutes. */
export interface WorkProgress {
  /** Called once, before the first item. @param total the number of items, which may grow meanwhile */
  begin(total: number): void;
  /** Called after each item. */
  done(): void;
}

/** The result of checking all records and all bytes. */
export interface CheckReport {
  /** Image records that were verified. */
  readonly images: number;
  readonly uploads: number;
  /** Bytes of all images together. */
  readonly bytes: number;
  /** Empty if everything is well. */
  readonly problems: readonly Problem[];
}

export interface Problem {
  readonly kind: ProblemKind;
  /** The digest of the image, if the problem concerns one. */
  readonly sha256?: string;
  /** A path, the key of an object, or the message of the disk or the database. */
  readonly detail: Text;
}

/**
 * - `missing`: the file or object of a record does not exist
 * - `damaged`: the bytes are not those that were uploaded
 * - `unreadable`: the disk, the database or S3 failed
 * - `orphan`: a file or an object has no record
 * - `unattached`: an upload's image has no record
 * - `unusable`: a relay has recorded a value that no coupon can hold
 * - `structure`: the database reports damage to itself
 */
export type ProblemKind =
  | 'missing'
  | 'damaged'
  | 'unreadable'
  | 'orphan'
  | 'unattached'
  | 'unusable'
  | 'structure';

/** The most bytes of one image that a draft holds in memory. A longer image is written to a file while it arrives. */
export const HELD_IN_MEMORY = 65_536;

/** An image while it arrives. Either `commit` or `discard` ends it; `discard` may also be called afterwards. */
export interface ImageDraft {
  /**
   * Takes the next bytes. They are kept by reference, so the caller must not change them.
   *
   * @returns a promise if the store is behind; the caller awaits it before the next write. If it rejects, writing
   *   failed and the commit will reject as well
   */
  write(chunk: Buffer): void | Promise<void>;
  /**
   * Makes bytes and record durable, either both or neither. The same bytes are stored once, however often they are
   * uploaded.
   *
   * @param upload its `bytes` and `sha256` must be those of the bytes written; the caller hashed them on the way
   * @param addition what is written in the same commit: it is there if the image is, and is not if the image is not
   * @returns the rows of its statements
   */
  commit(upload: NewUpload, addition?: Addition): Promise<AddedRows>;
  /** Discards the bytes. Never rejects. */
  discard(): Promise<void>;
}

/** What wraps a service writes in the commit of an image. */
export interface Addition {
  readonly statements: readonly Statement[];
  /** Milliseconds that the commit may wait for others, as `within` of a write says. Default: 0. */
  readonly within?: number;
  /** Receives the bytes once all is durable, if they are in memory: those of an image of at most {@link HELD_IN_MEMORY} bytes. */
  keep?(content: Buffer): void;
}

/** The rows that each statement of an addition returned; empty if there was no addition. */
export type AddedRows = readonly (readonly Row[])[];

export interface NewUpload {
  /** The mchid, or the brand_id of a brand. */
  readonly merchant: string;
  /** The filename of meta. */
  readonly filename: string;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
  /** The kind of the bytes. */
  readonly kind: ImageKind;
  readonly bytes: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Unix milliseconds. */
  readonly uploadedAt: number;
  readonly requestId: string;
  /**
   * A store that keeps a record of nonces records it in the same commit. Absent for an image that came without a signature: then no
   * step is left out because other uploads brought the same bytes, so that the time does not tell what others have.
   */
  readonly nonce?: UsedNonce | undefined;
}

export interface StoredBytes {
  readonly kind: ImageKind;
  /** Bytes. */
  readonly size: number;
  /**
   * Returns all bytes or a range of them. A stream emits `error` with the cause if reading fails on the way.
   *
   * @param range first and last byte, both included, within the image
   */
  content(range?: { readonly start: number; readonly end: number }): Buffer | Readable;
  /** Reads all bytes into memory, where an engine has a way to do so that costs less than the pieces of `content`. */
  whole?(): Promise<Buffer>;
}

export interface UploadQuery {
  readonly merchant?: string;
  /** A part of the filename; letter case matters. */
  readonly filename?: string;
  /** The `next` value of the previous page. */
  readonly cursor?: string;
  /** Uploads per page, 1 to 1000. Default: 100. */
  readonly limit?: number;
}

export interface UploadPage {
  readonly uploads: readonly StoredUpload[];
  /** The cursor of the next page; absent on the last one. */
  readonly next?: string;
}

export interface StoredUpload extends Omit<NewUpload, 'nonce'> {}

/**
 * Stores the merchants that may call and the keys that sign responses. Other processes see a change within a second.
 */
export interface MerchantStore {
  /** All merchants, by id. */
  merchants(): Promise<MerchantRecord[]>;
  merchant(id: string): Promise<MerchantRecord | undefined>;
  /** Creates or changes the merchant. Its certificates do not change. */
  saveMerchant(profile: MerchantProfile): Promise<void>;
  /** Rejects if there is no such merchant, or if it already has a certificate with this serial. */
  addCertificate(merchant: string, certificate: MerchantCertificate): Promise<void>;
  /**
   * @param at Unix seconds
   * @returns false if the merchant has no such certificate. A certificate that was revoked before keeps its time
   */
  revokeCertificate(merchant: string, serialNo: string, at: number): Promise<boolean>;
  /** All keys, retired ones included, oldest first. */
  platformKeys(): Promise<PlatformKeyRecord[]>;
  /** Rejects if a key with this id exists. */
  addPlatformKey(key: PlatformKeyRecord): Promise<void>;
  /**
   * @param at Unix seconds
   * @returns false if there is no such key. A key that was retired before keeps its time
   */
  retirePlatformKey(id: string, at: number): Promise<boolean>;
  /** When each key last signed a response, in Unix seconds by id. A key that was never recorded is absent. */
  platformKeyUses(): Promise<ReadonlyMap<string, number>>;
  /** Records when keys signed. The latest time stands, whichever process recorded it. The version stays as it is. */
  recordPlatformKeyUses(uses: ReadonlyMap<string, number>): Promise<void>;
  setting(name: string): Promise<string | undefined>;
  saveSetting(name: string, value: string): Promise<void>;
  /**
   * Saves a setting that has no value. If several processes do so at once, one of them succeeds.
   *
   * @returns the value that the setting has afterwards
   */
  keepSetting(name: string, value: string): Promise<string>;
  /**
   * A number that grows with every change to merchants, keys and settings, whichever process made it. Uploads do not
   * count. Reading it takes microseconds, so a cache may read it often. Throws a StoreError if it cannot be read.
   */
  version(): number;
  close(): Promise<void>;
}

export interface MerchantProfile {
  /** The mchid, or the brand_id of a brand. */
  readonly id: string;
  readonly scheme: SchemeName;
  /** 32 characters. */
  readonly apiV3Key: string;
  readonly enabled: boolean;
  /** Whether product coupons are enabled for the merchant. */
  readonly productCoupon: boolean;
  /** Uploads per second; absent means the default of the service. */
  readonly quota?: number;
  /** Signs responses if the request names no known key; absent means the default of the service. */
  readonly defaultPlatformKeyId?: string;
}

export interface MerchantRecord extends MerchantProfile {
  /** Oldest first. The caller decides how many may be valid at a time. */
  readonly certificates: readonly MerchantCertificate[];
}

export interface MerchantCertificate {
  /** Upper-case hex. */
  readonly serialNo: string;
  /** X.509 as PEM. */
  readonly pem: string;
  /** Unix seconds. */
  readonly notBefore: number;
  /** Unix seconds. */
  readonly notAfter: number;
  /** Unix seconds. */
  readonly revokedAt?: number;
}

export interface PlatformKeyRecord {
  /** `PUB_KEY_ID_…`, or the serial of a certificate: 40 upper-case hex digits. */
  readonly id: string;
  readonly kind: 'public-key' | 'certificate';
  /** PKCS#8 as PEM. */
  readonly privateKeyPem: string;
  /** SPKI as PEM for a public key, X.509 as PEM for a certificate. */
  readonly publicPem: string;
  /** Unix seconds; only for certificates. */
  readonly notBefore?: number;
  /** Unix seconds; only for certificates. */
  readonly notAfter?: number;
  /** Unix seconds. The key signs nothing after this time. */
  readonly retiredAt?: number;
}
