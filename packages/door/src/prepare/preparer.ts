import { availableParallelism } from 'node:os';
import type { Change, PreparedImage, PrepareOptions } from '@coupon-media/prepare';
import type { ImageBytes } from '../images/source.js';
import { Problem } from '../problems/problem.js';
import { loadPrepare } from './load.js';

/** Makes images fit, in the decoder process of packages/prepare. */
export interface Preparer {
  /** @throws Problem if it is not installed, if too many wait, or if the image cannot be prepared */
  prepare(image: ImageBytes, options: PrepareOptions): Promise<PreparedImage>;
  /** Describes changes for people. Preparation was installed when they were made; where it is not now, the codes must do. */
  describe(changes: readonly Described[], language: 'zh-CN' | 'en'): Promise<string[]>;
}

/** A change as it was recorded. */
export type Described = Pick<Change, 'code'> | { readonly code: string };

/** Images that wait for a decoder beside those that are decoded, one a core. Each holds its source in memory. */
const WAITING = 16;

export function createPreparer(): Preparer {
  let taken = 0;
  return {
    async prepare({ chunks }, options) {
      const { prepareImage, PrepareError } = await loadPrepare(MISSING);
      if (taken >= availableParallelism() + WAITING) {
        throw new Problem('service-busy', QUEUE_FULL, { headers: { 'Retry-After': '2' } });
      }
      taken += 1;
      try {
        return await prepareImage(Buffer.concat(chunks), options);
      } catch (error) {
        if (!(error instanceof PrepareError)) throw error;
        if (error.code === 'DECODER_UNAVAILABLE')
          throw new Problem('preparation-unavailable', MISSING, { cause: error });
        const said = { 'zh-CN': error.explain('zh-CN', 'person'), en: error.explain('en', 'person') };
        const detail = {
          'zh-CN': `${said['zh-CN'].message}${said['zh-CN'].remedy}`,
          en: `${said.en.message} ${said.en.remedy}`,
        };
        throw new Problem('image-unpreparable', detail, { more: { reason: error.code }, cause: error });
      } finally {
        taken -= 1;
      }
    },
    async describe(changes, language) {
      if (changes.length === 0) return [];
      const prepare = await loadPrepare(MISSING).catch(() => undefined);
      return changes.map((change) =>
        prepare && isChange(change) ? prepare.describeChange(change, language) : change.code,
      );
    },
  };
}

function isChange(change: Described): change is Change {
  return 'values' in change;
}

const QUEUE_FULL = {
  'zh-CN': '等待处理的图片过多，请稍后重试。',
  en: 'Too many images wait to be prepared; try again in a moment.',
};
const MISSING = {
  'zh-CN': '服务端未安装 @coupon-media/prepare，无法处理图片；请先在本地处理后再上传。',
  en: 'The server has no @coupon-media/prepare, so it prepares no images. Prepare the image before it is sent.',
};
