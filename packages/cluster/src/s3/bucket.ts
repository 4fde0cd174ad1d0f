import { Readable } from 'node:stream';
import { HeadBucketCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { filled, IMAGES_FOLDER, type ImageKind, imagePath, mediaTypes, urlPlace } from '@coupon-media/apiv3';
import { StoreError } from '@coupon-media/server/engine';
import { createEngineCalls, type EngineCalls } from '../engine/calls.js';
import type { Observe } from '../engine/options.js';
import { type BucketOptions, CONNECTIONS, clientOf, encryptionOf } from './client.js';
import { absent, isAway, reasonOf } from './errors.js';
import { createSignedRequests } from './signed-requests.js';
import { proveStored, untilStored } from './stored.js';

/** The objects of an S3-compatible store. Each image is one object under its digest. */
export interface Bucket {
  /** Stores an image and replaces an existing object. The store verifies the digest before it keeps the bytes. */
  put(image: NamedImage, body: Buffer | (() => Readable)): Promise<void>;
  /** @returns bytes, or undefined if there is no such object */
  size(sha256: string, kind: ImageKind): Promise<number | undefined>;
  /** Returns the bytes of a range. They are requested when the stream is first read. */
  read(sha256: string, kind: ImageKind, range: ByteRange): Readable;
  /** Gives the bytes of a range as they arrive, without the cost of a stream. */
  pieces(sha256: string, kind: ImageKind, range: ByteRange): AsyncGenerator<Buffer>;
  /** @returns the current bytes of an object, however many, or undefined if there is no such object */
  whole(sha256: string, kind: ImageKind): Promise<Buffer | undefined>;
  /** Lists all objects under `images/` in the order of their keys, in pages as the store returns them. */
  list(): AsyncGenerator<readonly StoredObject[]>;
  /** Rejects if the bucket cannot be reached. */
  ready(): Promise<void>;
  /** Writes an empty object beside the images, to test that writing is allowed. */
  probe(): Promise<void>;
  /** Sends bytes that are not those of the signed digest, and returns whether the store refuses them. */
  comparesDigests(): Promise<boolean>;
  readonly calls: EngineCalls;
  close(): void;
}

/** The first and the last byte; both are included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface NamedImage {
  /** 64 lower-case hex digits. */
  readonly sha256: string;
  readonly kind: ImageKind;
  readonly bytes: number;
}

export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  /** Unix milliseconds by the store's clock. */
  readonly storedAt: number;
}

/** The key of the empty object. */
const PROBE = 'coupon-media-probe';

/** Opens a bucket without sending a request. */
export function createBucket(options: BucketOptions, observe?: Observe): Bucket {
  const { s3Bucket: Bucket, s3Endpoint, s3Region, engineDeadlineMs } = options;
  const client = clientOf(options);
  const calls = createEngineCalls({ engine: 's3', deadline: engineDeadlineMs, isOutage: isAway, observe });

  const requests = createSignedRequests(client, Bucket, s3Region, {
    connections: CONNECTIONS,
    connectTimeout: engineDeadlineMs,
  });

  /**
   * @param sha256 hex. The signature covers it, so every store compares it with the body; newer stores also keep the
   *   checksum
   */
  async function put(
    key: string,
    sha256: string,
    headers: Record<string, string>,
    body: Buffer | Readable,
    signal: AbortSignal,
  ): Promise<void> {
    const digest = {
      'x-amz-content-sha256': sha256,
      'x-amz-checksum-sha256': Buffer.from(sha256, 'hex').toString('base64'),
    };
    const response = await requests.send({
      method: 'PUT',
      key,
      headers: { ...headers, ...digest, ...encryptionOf(options) },
      body,
      signal,
    });
    proveStored(response.headers, key);
  }

  async function* pieces(sha256: string, kind: ImageKind, { start, end }: ByteRange): AsyncGenerator<Buffer> {
    const key = imagePath({ sha256, kind });
    const range = `bytes=${start}-${end}`;
    const body = await calls.call('get', (signal) =>
      requests.open({ method: 'GET', key, headers: { range }, signal }),
    );
    try {
      let missing = end - start + 1;
      const chunks = body[Symbol.asyncIterator]();
      for (;;) {
        // A deadline applies to the store, not to a slow reader: it covers only the wait for the next chunk.
        const { value, done } = await within(engineDeadlineMs, chunks.next());
        if (done) break;
        missing -= value.length;
        yield value;
      }
      if (missing !== 0) throw new Error(`${key}: ${missing} bytes are missing`);
    } finally {
      body.destroy();
    }
  }

  /** Wraps an error in one that contains the bucket's name and the reason, but no secret of a key. */
  async function explainedHere<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (cause) {
      const place = s3Endpoint ? urlPlace(s3Endpoint) : `AWS ${s3Region}`;
      throw new StoreError(filled(UNUSABLE, { bucket: Bucket, place, reason: reasonOf(cause, options) }), {
        cause,
      });
    }
  }

  return {
    async put({ sha256, kind, bytes }, body) {
      const key = imagePath({ sha256, kind });
      const headers = {
        'content-length': String(bytes),
        'content-type': mediaTypes[kind],
        // The bytes of an image never change.
        'cache-control': 'public, max-age=31536000, immutable',
      };
      await calls.call('put', (signal) =>
        untilStored(signal, () =>
          typeof body === 'function'
            ? fromStream(body(), signal, (stream, ended) => put(key, sha256, headers, stream, ended))
            : put(key, sha256, headers, body, signal),
        ),
      );
    },
    size: (sha256, kind) =>
      calls.call('head', async (signal) => {
        try {
          const { headers } = await requests.send({
            method: 'HEAD',
            key: imagePath({ sha256, kind }),
            signal,
          });
          return Number(headers['content-length']);
        } catch (error) {
          return absent(error);
        }
      }),
    read: (sha256, kind, range) => Readable.from(pieces(sha256, kind, range), { objectMode: false }),
    pieces,
    whole: (sha256, kind) =>
      calls.call('get', async (signal) => {
        try {
          return (await requests.send({ method: 'GET', key: imagePath({ sha256, kind }), signal })).body;
        } catch (error) {
          return absent(error);
        }
      }),
    async *list() {
      for (let ContinuationToken: string | undefined, more = true; more; ) {
        const command = new ListObjectsV2Command({ Bucket, Prefix: IMAGES_FOLDER, ContinuationToken });
        const page = await calls.call('list', (signal) => client.send(command, { abortSignal: signal }));
        yield (page.Contents ?? []).map(({ Key = '', Size = 0, LastModified }) => ({
          key: Key,
          bytes: Size,
          storedAt: LastModified?.getTime() ?? 0,
        }));
        ContinuationToken = page.NextContinuationToken;
        more = ContinuationToken !== undefined;
      }
    },
    ready: () =>
      explainedHere(async () => {
        const command = new HeadBucketCommand({ Bucket });
        await calls.call('head bucket', (signal) => client.send(command, { abortSignal: signal }));
      }),
    probe: () =>
      explainedHere(async () => {
        const nothing = Buffer.alloc(0);
        await calls.call('probe', (signal) =>
          untilStored(signal, () => put(PROBE, EMPTY, { 'content-length': '0' }, nothing, signal)),
        );
      }),
    async comparesDigests() {
      // Ceph compares nothing with an empty body.
      const body = Buffer.from('probe');
      const headers = { 'content-length': String(body.length) };
      try {
        await calls.call('probe', (signal) => put(PROBE, EMPTY, headers, body, signal));
        return false;
      } catch {
        // A store that cannot be reached here meets the same fault again at the first upload.
        return true;
      }
    },
    calls,
    close() {
      requests.close();
      client.destroy();
    },
  };
}

/**
 * Opens a bucket for writing.
 *
 * @throws StoreError that names the bucket, and why it cannot be written to
 */
export async function openBucket(options: BucketOptions, observe?: Observe): Promise<Bucket> {
  const bucket = createBucket(options, observe);
  try {
    await bucket.probe();
    await bucket.ready();
    return bucket;
  } catch (error) {
    bucket.close();
    throw error;
  }
}

/** SHA-256 of the empty string. */
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Ends the request if its body cannot be read, and stops reading when the request has ended. */
async function fromStream(
  body: Readable,
  signal: AbortSignal,
  act: (body: Readable, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController();
  body.on('error', (error) => failed.abort(error));
  try {
    await act(body, AbortSignal.any([signal, failed.signal]));
  } catch (error) {
    throw failed.signal.aborted ? failed.signal.reason : error;
  } finally {
    body.destroy();
  }
}

async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`S3 sent nothing for ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

const UNUSABLE = {
  'zh-CN': 'S3 存储桶 "{bucket}"（{place}）：{reason}',
  en: 'S3 bucket "{bucket}" at {place}: {reason}',
};
