import type { Readable } from 'node:stream';
import type { ImageKind, SchemeName } from '@coupon-media/apiv3';
import type { UsedNonce } from '../limits/nonces.js';

/** Reading or writing failed. The `cause` is what the disk, the database or the network said. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code = 'STORE';
}

/** Says what could not be done, with the reason as its cause. */
export async function wrapStoreError<T>(message: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    // Who came nearest to the reason has explained it already; a wrong argument is no failure of the store.
    throw cause instanceof StoreError || cause instanceof RangeError
      ? cause
      : new StoreError(message, { cause });
  }
}

/**
 * Images, and the uploads that brought them. Two rules hold for every method here and in {@link MerchantStore}:
 * - Absent is `undefined` (or `false`); broken rejects with a StoreError.
 * - What resolved is durable: it survives SIGKILL and a power cut.
 */
export interface ImageStore extends ImageReader {
  /** Begins to receive an image. Costs nothing until more than {@link HELD_IN_MEMORY} bytes have come. */
  draft(): ImageDraft;
  /**
   * Writes, as an upload does, a little something. Rejects where the store cannot take uploads at this
   * moment.
   */
  ready(): Promise<void>;
  /** Ends after the commits under way. Drafts that are open are thrown away. */
  close(): Promise<void>;
}

/** What can be asked of a store without writing to it. */
export interface ImageReader {
  /**
   * @param sha256 64 lower-case hex digits
   * @param kind of which it is to be, where that is known: it saves some engines a question
   * @returns undefined where no such image is stored; an engine may give it all the same where it is of another kind
   */
  read(sha256: string, kind?: ImageKind): Promise<StoredBytes | undefined>;
  /** Lists uploads, the newest first. Uploads that come between two pages shift neither. */
  uploads(query: UploadQuery): Promise<UploadPage>;
}

/** What a look at all records and all bytes found. */
export interface CheckReport {
  /** Records verified. */
  readonly images: number;
  readonly uploads: number;
  /** Of all images together. */
  readonly bytes: number;
  /** Empty where all is well. */
  readonly problems: readonly Problem[];
}

export interface Problem {
  readonly kind: ProblemKind;
  /** The image's, where one is concerned. */
  readonly sha256?: string;
  /** A path, an object's key, or what the disk or the database said. */
  readonly detail: string;
}

/**
 * - `missing`: a record's file, or object, is not there
 * - `damaged`: the bytes are not those that were uploaded
 * - `unreadable`: the disk, the database or S3 fails
 * - `orphan`: a file, or an object, that no record tells of
 * - `unattached`: an upload whose image has no record
 * - `structure`: what the database finds wrong with itself
 */
export type ProblemKind = 'missing' | 'damaged' | 'unreadable' | 'orphan' | 'unattached' | 'structure';

/** Bytes of one image that a draft holds in memory at most; a longer image is written out while it arrives. */
export const HELD_IN_MEMORY = 65_536;

/**
 * An image while it arrives. Exactly one of `commit` and `discard` ends it; `discard` may be called after
 * either.
 */
export interface ImageDraft {
  /**
   * Takes the next bytes. They are kept by reference: the caller does not change them any more.
   *
   * @returns a promise where the store is behind: to be awaited before the next write. It rejects where
   *   writing failed, and so does the commit.
   */
  write(chunk: Buffer): void | Promise<void>;
  /**
   * Makes bytes and record durable, both or neither. The same bytes are kept once, however often they are
   * uploaded.
   *
   * @param upload whose `bytes` are as many as were written, and whose `sha256` is theirs (the caller
   *   hashed them on the way)
   */
  commit(upload: NewUpload): Promise<void>;
  /** Throws away what came. Never rejects. */
  discard(): Promise<void>;
}

export interface NewUpload {
  /** mchid, or brand_id of a brand. */
  readonly merchant: string;
  /** As meta said it. */
  readonly filename: string;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
  /** What the bytes are. */
  readonly kind: ImageKind;
  readonly bytes: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Unix milliseconds. */
  readonly uploadedAt: number;
  readonly requestId: string;
  /** Recorded in the same commit by a store that keeps a record of nonces. */
  readonly nonce: UsedNonce;
}

export interface StoredBytes {
  readonly kind: ImageKind;
  /** Bytes. */
  readonly size: number;
  /**
   * The bytes, or those of a range. A stream fails (`error`) with the cause where reading fails on the way.
   *
   * @param range first and last byte, both included, within the image
   */
  content(range?: { readonly start: number; readonly end: number }): Buffer | Readable;
}

export interface UploadQuery {
  readonly merchant?: string;
  /** A part of the filename, letter case as given. */
  readonly filename?: string;
  /** `next` of the page before. */
  readonly cursor?: string;
  /** Uploads a page, 1 to 1000. Default 100. */
  readonly limit?: number;
}

export interface UploadPage {
  readonly uploads: readonly StoredUpload[];
  /** Where the next page begins; absent where this one is the last. */
  readonly next?: string;
}

export interface StoredUpload extends Omit<NewUpload, 'nonce'> {}

/** Who may call, and the keys that sign answers. What one process saves, another sees within a second. */
export interface MerchantStore {
  /** All, by id. */
  merchants(): Promise<MerchantRecord[]>;
  merchant(id: string): Promise<MerchantRecord | undefined>;
  /** Creates the merchant or changes it. Its certificates stay as they are. */
  saveMerchant(profile: MerchantProfile): Promise<void>;
  /** Rejects where there is no such merchant, or it has a certificate of that serial. */
  addCertificate(merchant: string, certificate: MerchantCertificate): Promise<void>;
  /**
   * @param at Unix seconds
   * @returns false where the merchant has no such certificate; one revoked before keeps its time
   */
  revokeCertificate(merchant: string, serialNo: string, at: number): Promise<boolean>;
  /** All, retired ones too, the oldest first. */
  platformKeys(): Promise<PlatformKeyRecord[]>;
  /** Rejects where a key of that id is there. */
  addPlatformKey(key: PlatformKeyRecord): Promise<void>;
  /**
   * @param at Unix seconds
   * @returns false where there is no such key; one retired before keeps its time
   */
  retirePlatformKey(id: string, at: number): Promise<boolean>;
  setting(name: string): Promise<string | undefined>;
  saveSetting(name: string, value: string): Promise<void>;
  /**
   * Grows with every change to anything above, whichever process made it; uploads do not count. Costs
   * microseconds, so that a cache may ask as often as it likes. Throws (`cause`) where it cannot be read.
   */
  version(): number;
  close(): Promise<void>;
}

export interface MerchantProfile {
  /** mchid, or brand_id of a brand. */
  readonly id: string;
  readonly scheme: SchemeName;
  /** 32 characters (contract 11.1). */
  readonly apiV3Key: string;
  readonly enabled: boolean;
  /** Whether product coupons are enabled for it (contract 1.5, NO_AUTH). */
  readonly productCoupon: boolean;
  /** Uploads a second; absent is the service's default. */
  readonly quota?: number;
  /**
   * Signs answers where the request names no key that is known (contract 3.4); absent is the service's
   * default.
   */
  readonly defaultPlatformKeyId?: string;
}

export interface MerchantRecord extends MerchantProfile {
  /** The oldest first; how many may be valid at a time is the caller's to say (contract 2.7). */
  readonly certificates: readonly MerchantCertificate[];
}

export interface MerchantCertificate {
  /** Upper-case hex. */
  readonly serialNo: string;
  /** X.509. */
  readonly pem: string;
  /** Unix seconds. */
  readonly notBefore: number;
  /** Unix seconds. */
  readonly notAfter: number;
  /** Unix seconds. */
  readonly revokedAt?: number;
}

export interface PlatformKeyRecord {
  /** `PUB_KEY_ID_…`, or the certificate's serial, 40 upper-case hex digits. */
  readonly id: string;
  readonly kind: 'public-key' | 'certificate';
  /** PKCS#8. */
  readonly privateKeyPem: string;
  /** SPKI of a public key, X.509 of a certificate. */
  readonly publicPem: string;
  /** Unix seconds; of a certificate. */
  readonly notBefore?: number;
  /** Unix seconds; of a certificate. */
  readonly notAfter?: number;
  /** Unix seconds: signs nothing from then on. */
  readonly retiredAt?: number;
}
