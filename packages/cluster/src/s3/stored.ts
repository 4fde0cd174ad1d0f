import { setTimeout as sleep } from 'node:timers/promises';
import { BilingualError, filled } from '@coupon-media/apiv3';
import type { Headers } from './signed-requests.js';

/**
 * Judges the response to a PUT. Every store gives what it has stored an ETag, so that a response with one, and nothing
 * else, proves that these bytes are durable.
 *
 * @throws NoETag
 */
export function proveStored(headers: Headers, key: string): void {
  if (headers.etag === undefined) throw new NoETag(filled(NO_ETAG, { key }));
}

/**
 * Repeats a PUT that reported success and stored nothing. Swift does that if a newer PUT of the same object came first: one
 * of its servers has the newer one, and the older one is dropped. HEAD would find the object on that single server, so only
 * a PUT of our own that ends with an ETag proves that enough of them have it.
 */
export async function untilStored(signal: AbortSignal, put: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await put();
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof NoETag)) throw error;
      await sleep(PAUSE * 2 ** (attempt - 1) * Math.random(), undefined, { signal });
    }
  }
}

/** How often a PUT is made, and the most milliseconds before the first repetition. */
const ATTEMPTS = 6;
const PAUSE = 50;

/**
 * The store reported success, but for something else than this object. One that reads the host name otherwise makes a
 * bucket that is called like the key.
 */
class NoETag extends BilingualError {
  override readonly name = 'NoETag';
}

const NO_ETAG = {
  'zh-CN': '存储端多次写入 {key} 都没有返回 ETag，它没有存下对象',
  en: 'the store returned no ETag for {key}, however often it was written, so it stored no object',
};
