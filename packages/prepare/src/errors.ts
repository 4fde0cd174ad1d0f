import {
  BilingualError,
  knowInstances,
  type Language,
  type Text,
  type TextValues,
} from '@coupon-media/apiv3';
import { formatText } from './text.js';

/** Codes of the errors. They are stable: decide on them, not on messages. */
export type PrepareErrorCode =
  | 'OPTION_INVALID'
  | 'SOURCE_UNREADABLE'
  | 'SOURCE_EMPTY'
  | 'SOURCE_TOO_LARGE'
  | 'NOT_AN_IMAGE'
  | 'FORMAT_UNSUPPORTED'
  | 'DAMAGED'
  | 'TOO_MANY_PIXELS'
  | 'TOO_MUCH_MEMORY'
  | 'TIMED_OUT'
  | 'CANNOT_FIT'
  | 'ABORTED'
  | 'DECODER_UNAVAILABLE';

/**
 * An image could not be prepared. The source is unchanged, and nothing was written.
 *
 * @example
 * ```ts
 * import { PrepareError, prepareImage } from '@coupon-media/prepare';
 *
 * try {
 *   await prepareImage('logo.svg', { slot: 'icon' });
 * } catch (error) {
 *   if (!(error instanceof PrepareError)) throw error;
 *   const { message, remedy } = error.explain('zh-CN');
 *   console.error(`${error.code}: ${message} ${remedy}`);
 * }
 * ```
 */
export class PrepareError extends BilingualError {
  override readonly name = 'PrepareError';
  readonly code: PrepareErrorCode;
  /** The values in the message: `{ found: 'SVG' }`, `{ pixels, limit }`. */
  readonly values: TextValues;

  constructor(code: PrepareErrorCode, values: TextValues = {}, cause?: unknown) {
    const { message } = ERRORS[code];
    super(
      { 'zh-CN': formatText(message, 'zh-CN', values), en: formatText(message, 'en', values) },
      { cause },
    );
    this.code = code;
    this.values = values;
  }

  /** @returns what is wrong, and what to do about it */
  explain(language: Language): { message: string; remedy: string } {
    const { message, remedy } = ERRORS[this.code];
    return {
      message: formatText(message, language, this.values),
      remedy: formatText(remedy, language, this.values),
    };
  }
}
knowInstances('@coupon-media/prepare', { PrepareError });

interface ErrorRow {
  readonly message: Text;
  readonly remedy: Text;
}

const ERRORS: Readonly<Record<PrepareErrorCode, ErrorRow>> = {
  OPTION_INVALID: {
    message: { 'zh-CN': '选项 {option} 不可用：{found}。', en: 'Option {option} is not usable: {found}.' },
    remedy: { 'zh-CN': '请改为：{expected}。', en: 'It takes {expected}.' },
  },
  SOURCE_UNREADABLE: {
    message: { 'zh-CN': '无法读取 {path}：{reason}。', en: 'Cannot read {path}: {reason}.' },
    remedy: {
      'zh-CN': '请检查路径和读取权限，并确认它是一个文件。',
      en: 'Check the path and the permission to read it; it must be a file.',
    },
  },
  SOURCE_EMPTY: {
    message: { 'zh-CN': '图片文件为空（0 字节）。', en: 'The image is empty: 0 bytes.' },
    remedy: { 'zh-CN': '请重新导出或重新下载该图片。', en: 'Export it or download it again.' },
  },
  SOURCE_TOO_LARGE: {
    message: {
      'zh-CN': '源文件有 {bytes} 字节，超过上限 {limit} 字节。',
      en: 'The source has {bytes} bytes, more than the limit of {limit}.',
    },
    remedy: {
      'zh-CN': '请先在图片软件中缩小尺寸再导出；如确认文件可信，可调高 limits.maxSourceBytes。',
      en: 'Export a smaller image, or raise limits.maxSourceBytes if you trust the file.',
    },
  },
  NOT_AN_IMAGE: {
    message: {
      'zh-CN': '文件内容不是任何已知的图片格式。',
      en: 'The bytes are not an image of any known format.',
    },
    remedy: {
      'zh-CN': '请用图片软件打开确认，并另存为 PNG 或 JPG；只改文件后缀没有作用。',
      en: 'Open it in an image program and save it as PNG or JPG; renaming a file does not convert it.',
    },
  },
  FORMAT_UNSUPPORTED: {
    message: { 'zh-CN': '不支持 {found} 格式。', en: '{found} is not a format that can be prepared.' },
    remedy: {
      'zh-CN':
        '请从设计软件导出为 PNG（需要透明背景时）或 JPG。支持：JPG、PNG、BMP、WebP、AVIF、GIF、TIFF、HEIC。',
      en: 'Export it as PNG (where transparency matters) or JPG. Taken are JPG, PNG, BMP, WebP, AVIF, GIF, TIFF and HEIC.',
    },
  },
  DAMAGED: {
    message: {
      'zh-CN': '{format} 图片已损坏或不完整：{reason}。',
      en: 'The {format} image is damaged or cut short: {reason}.',
    },
    remedy: {
      'zh-CN': '请重新下载或重新导出；如果图片软件能正常打开，请另存一份再试。',
      en: 'Download or export it again; if an image program still opens it, save a copy from there.',
    },
  },
  TOO_MANY_PIXELS: {
    message: {
      'zh-CN': '图片为 {width}×{height}，像素数超过上限 {limit}。',
      en: 'The image says it is {width} × {height}, more than the limit of {limit} pixels.',
    },
    remedy: {
      'zh-CN': '请先缩小尺寸再试；如确认文件可信，可调高 limits.maxPixels。',
      en: 'Make it smaller first, or raise limits.maxPixels if you trust the file.',
    },
  },
  TOO_MUCH_MEMORY: {
    message: {
      'zh-CN': '解码该图片需要的内存超过上限 {limit} 字节。',
      en: 'Decoding the image takes more memory than the limit of {limit} bytes.',
    },
    remedy: {
      'zh-CN': '请在图片软件中缩小尺寸并另存为 PNG 或 JPG；如确认文件可信，可调高 limits.memoryLimit。',
      en: 'Save a smaller copy as PNG or JPG, or raise limits.memoryLimit if you trust the file.',
    },
  },
  TIMED_OUT: {
    message: {
      'zh-CN': '处理该图片超过 {limit} 毫秒，已中止。',
      en: 'Preparing the image took longer than {limit} ms and was stopped.',
    },
    remedy: {
      'zh-CN': '请在图片软件中缩小尺寸并另存为 PNG 或 JPG；如机器繁忙，可调高 limits.timeLimit。',
      en: 'Save a smaller copy as PNG or JPG, or raise limits.timeLimit where the machine is busy.',
    },
  },
  CANNOT_FIT: {
    message: {
      'zh-CN': '在可接受的画质下，最小仍有 {bytes} 字节，超过上限 {limit} 字节（{width}×{height}，{kind}）。',
      en: 'At the lowest acceptable quality it still has {bytes} bytes, more than {limit} ({width} × {height}, {kind}).',
    },
    remedy: {
      'zh-CN': '请提高 maxBytes，或使用细节、噪点更少的图片；需要透明时，去掉渐变和阴影会明显变小。',
      en: 'Raise maxBytes, or use an image with less noise and detail; without transparency a JPG would be smaller.',
    },
  },
  ABORTED: {
    message: { 'zh-CN': '已由调用方取消。', en: "Aborted by the caller's signal." },
    remedy: { 'zh-CN': '无需处理；可以重新运行。', en: 'Nothing to correct; run it again if needed.' },
  },
  DECODER_UNAVAILABLE: {
    message: {
      'zh-CN': '图片解码进程无法启动：{reason}。',
      en: 'The process that decodes images cannot start: {reason}.',
    },
    remedy: {
      'zh-CN':
        '请在本机重新运行 npm install（不要加 --omit=optional，也不要从其他系统复制 node_modules），并确认允许创建子进程。',
      en: 'Run npm install again on this machine (without --omit=optional, and with no node_modules copied from another system), and see that child processes are allowed.',
    },
  },
};
