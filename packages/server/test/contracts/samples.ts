import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { REQUEST_CLOCK_WINDOW } from '@coupon-media/apiv3';
import type { ImageReader, ImageStore, MerchantStore, NewUpload } from '../../dist/stores/index.js';

/** An engine on its own data. */
export interface Fixture<Store> {
  readonly store: Store;
  /** Opens the same data in another process, or again after a restart. */
  reopen(): Promise<Store>;
  /** Closes everything that is open and removes the data. */
  end(): Promise<void>;
}

export type OpenImages = () => Promise<Fixture<ImageStore>>;
export type OpenMerchants = () => Promise<Fixture<MerchantStore>>;

/** Unique bytes of an image's size. These tests do not look inside them. */
export function sampleBytes(size: number, seed: number | string): Buffer {
  const bytes = Buffer.alloc(size, createHash('sha512').update(String(seed)).digest());
  // No two parts are equal, so that a part in the wrong place is noticed.
  for (let at = 0; at + 4 <= size; at += 1024) bytes.writeUInt32LE(at, at);
  return bytes;
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

let uploads = 0;

export function uploadOf(bytes: Buffer, changes: Partial<NewUpload> = {}): NewUpload {
  uploads += 1;
  return {
    merchant: '1900000001',
    filename: `banner-${uploads}.png`,
    sha256: sha256(bytes),
    kind: 'png',
    bytes: bytes.length,
    width: 1080,
    height: 540,
    uploadedAt: 1_700_000_000_000 + uploads,
    requestId: `request-${uploads}`,
    // The nonce of a request signed now.
    nonce: { key: `nonce-${uploads}`, expiresAt: Math.floor(Date.now() / 1000) + REQUEST_CLOCK_WINDOW },
    ...changes,
  };
}

/** Uploads as the service does: in chunks, waiting whenever the draft is behind. */
export async function put(
  store: ImageStore,
  bytes: Buffer,
  changes: Partial<NewUpload> = {},
  chunk = 16_384,
): Promise<NewUpload> {
  const upload = uploadOf(bytes, changes);
  const draft = store.draft();
  try {
    for (let at = 0; at < bytes.length; at += chunk) await draft.write(bytes.subarray(at, at + chunk));
    await draft.commit(upload);
  } finally {
    await draft.discard();
  }
  return upload;
}

/** Returns the stored bytes of an image, or a range of them; undefined if it does not exist. */
export async function get(
  store: ImageReader,
  digest: string,
  range?: { start: number; end: number },
): Promise<Buffer | undefined> {
  const content = (await store.read(digest))?.content(range);
  return content === undefined || Buffer.isBuffer(content) ? content : buffer(content);
}

/**
 * Whether exactly these bytes are stored under their digest. (The test runner's equality takes seconds for two
 * megabytes.)
 */
export async function holds(store: ImageReader, bytes: Buffer): Promise<boolean> {
  return (await get(store, sha256(bytes)))?.equals(bytes) ?? false;
}
