import { availableParallelism } from 'node:os';
import { buffer } from 'node:stream/consumers';
import type { ImageStore } from '@coupon-media/server/engine';
import { loadPrepare } from '../prepare/load.js';
import { Problem } from '../problems/problem.js';
import type { ThumbnailCache } from './cache.js';

/** Small pictures of stored images, made when they are first looked at, in the decoder process of packages/prepare. */
export interface Thumbnails {
  /**
   * Images that several readers want at once are drawn once. If all of them are gone before its turn, an image is not drawn.
   *
   * @returns WebP
   * @throws Problem if preparation is not installed, too many wait, the bytes are not stored, or none can be drawn
   */
  of(sha256: string, gone: AbortSignal): Promise<Buffer>;
}

/** Images that wait for a decoder beside those that are decoded, one a core. Each holds its bytes, at most 2 MiB, in memory. */
const WAITING = 32;

interface Flight {
  readonly drawn: Promise<Buffer>;
  readonly ending: AbortController;
  readers: number;
}

export function createThumbnails(
  images: Pick<ImageStore, 'read'>,
  cache: ThumbnailCache,
  stopping: AbortSignal,
): Thumbnails {
  const flights = new Map<string, Flight>();

  function begin(sha256: string): Flight {
    if (flights.size >= availableParallelism() + WAITING) {
      throw new Problem('service-busy', QUEUE_FULL, { headers: { 'Retry-After': '1' } });
    }
    const ending = new AbortController();
    const signal = AbortSignal.any([ending.signal, stopping]);
    const drawn = draw(sha256, signal).finally(() => {
      if (flights.get(sha256) === flight) flights.delete(sha256);
    });
    // Its readers may be gone.
    drawn.catch(() => {});
    const flight: Flight = { drawn, ending, readers: 0 };
    flights.set(sha256, flight);
    return flight;
  }

  async function draw(sha256: string, signal: AbortSignal): Promise<Buffer> {
    const { thumbnailImage, PrepareError } = await loadPrepare(MISSING);
    const stored = await images.read(sha256);
    if (!stored) throw new Problem('not-found', NO_BYTES);
    const content = stored.content();
    const bytes = Buffer.isBuffer(content) ? content : await buffer(content);
    try {
      const thumbnail = await thumbnailImage(bytes, { signal });
      await cache.write(sha256, thumbnail);
      return thumbnail;
    } catch (error) {
      if (!(error instanceof PrepareError)) throw error;
      // Nobody waits any more, or somebody came just then, or the service ends: no fault of the service, and no line in its log.
      if (error.code === 'ABORTED')
        throw new Problem('service-busy', STOPPED, { headers: { 'Retry-After': '1' }, cause: error });
      if (error.code === 'DECODER_UNAVAILABLE')
        throw new Problem('preparation-unavailable', MISSING, { cause: error });
      // The same bytes would fail again, and take as long.
      await cache.write(sha256, NONE);
      throw undrawable();
    }
  }

  return {
    async of(sha256, gone) {
      const kept = await cache.read(sha256);
      if (kept) return kept.length > 0 ? kept : Promise.reject(undrawable());
      const flight = flights.get(sha256) ?? begin(sha256);
      flight.readers += 1;
      function leave(): void {
        flight.readers -= 1;
        if (flight.readers > 0) return;
        flights.delete(sha256);
        flight.ending.abort();
      }
      gone.addEventListener('abort', leave, { once: true });
      try {
        return await flight.drawn;
      } finally {
        gone.removeEventListener('abort', leave);
      }
    },
  };
}

/** In the cache: none can be drawn of this image. */
const NONE = Buffer.alloc(0);

function undrawable(): Problem {
  return new Problem('image-unpreparable', UNDRAWABLE);
}

const QUEUE_FULL = {
  'zh-CN': '等待生成的缩略图过多，请稍后重试。',
  en: 'Too many thumbnails wait to be drawn; try again in a moment.',
};
const STOPPED = {
  'zh-CN': '缩略图的生成已中止，请稍后重试。',
  en: 'The drawing of the thumbnail was stopped; try again in a moment.',
};
const MISSING = {
  'zh-CN': '服务端未安装 @coupon-media/prepare，没有缩略图。',
  en: 'The server has no @coupon-media/prepare, so it draws no thumbnails.',
};
const NO_BYTES = {
  'zh-CN': '服务端没有这张图片的内容（例如由 relay import 导入）。',
  en: 'The server does not have the bytes of this image: it was imported, for example.',
};
const UNDRAWABLE = {
  'zh-CN': '无法为该图片生成缩略图。',
  en: 'No thumbnail can be drawn of this image.',
};
