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
  | 'STALLED'
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

  /**
   * @param reader `program` adds the option of this package that would help, where there is one; `person` leaves it out
   * @returns what is wrong, and what to do about it
   */
  explain(language: Language, reader: 'program' | 'person' = 'program'): { message: string; remedy: string } {
    const { message, remedy, option } = ERRORS[this.code];
    const remedies = reader === 'program' && option ? [remedy, option] : [remedy];
    return {
      message: formatText(message, language, this.values),
      remedy: remedies
        .map((text) => formatText(text, language, this.values))
        .join(language === 'en' ? ' ' : ''),
    };
  }
}
knowInstances('@coupon-media/prepare', { PrepareError });

/**
 * Makes the error for an image of a kind that cannot be prepared, although it may be sound.
 *
 * @param found the name of the kind
 * @param wayOut what its owner can do
 */
export function unsupported(found: string | Text, wayOut: WayOut = 'export', cause?: unknown): PrepareError {
  return new PrepareError('FORMAT_UNSUPPORTED', { found, wayOut: WAYS_OUT[wayOut] }, cause);
}

export type WayOut = keyof typeof WAYS_OUT;

const WAYS_OUT = {
  export: {
    'zh-CN': '请在能打开它的软件中导出为 PNG（需要透明背景时）或 JPG',
    en: 'Export it as PNG (where transparency matters) or JPG from a program that opens it',
  },
  eightBits: {
    'zh-CN': '请在图片软件中导出为 RGB、每通道 8 位的 PNG 或 JPG',
    en: 'Export it from an image program as PNG or JPG, in RGB with 8 bits a channel',
  },
  baseline: {
    'zh-CN': '请用常见的图片软件打开，并另存为普通 JPG 或 PNG',
    en: 'Open it in a common image program and save it as an ordinary JPG, or as PNG',
  },
  original: {
    'zh-CN': '请使用原始图片（从 App 安装包中取出的 PNG 不能直接使用）',
    en: 'Use the original image: a PNG taken out of an app is not for other programs',
  },
  photo: {
    'zh-CN': '请导出为 JPG：实况照片先在手机相册中存为静态照片，相机原始文件先在修图软件中冲印',
    en: 'Export it as JPG: a Live Photo as a still from the album of the phone, a raw file from a program that develops it',
  },
} as const satisfies Readonly<Record<string, Text>>;

interface ErrorRow {
  readonly message: Text;
  readonly remedy: Text;
  /** The option of this package that would help. */
  readonly option?: Text;
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
      'zh-CN': '请先在图片软件中缩小尺寸再导出。',
      en: 'Export a smaller image.',
    },
    option: {
      'zh-CN': '如确认文件可信，可调高 limits.maxSourceBytes。',
      en: 'If you trust the file, limits.maxSourceBytes can be raised.',
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
    message: { 'zh-CN': '不支持的图片：{found}。', en: 'This image cannot be prepared: {found}.' },
    remedy: {
      'zh-CN': '{wayOut}。支持：JPG、PNG、BMP、WebP、AVIF、GIF、TIFF、HEIC。',
      en: '{wayOut}. Taken are JPG, PNG, BMP, WebP, AVIF, GIF, TIFF and HEIC.',
    },
  },
  DAMAGED: {
    message: {
      'zh-CN': '{format} 图片无法完整读取：{reason}。',
      en: 'The {format} image cannot be read whole: {reason}.',
    },
    remedy: {
      'zh-CN': '如果有软件能正常显示它，请从该软件另存为 PNG 或 JPG 再试；都打不开时，请取得一份完好的文件。',
      en: 'If a program shows it whole, save a copy from there as PNG or JPG; if none does, get the image anew from its source.',
    },
  },
  TOO_MANY_PIXELS: {
    message: {
      'zh-CN': '图片为 {width}×{height}，像素数超过上限 {limit}。',
      en: 'The image says it is {width} × {height}, more than the limit of {limit} pixels.',
    },
    remedy: {
      'zh-CN': '请先在图片软件中缩小尺寸再试。',
      en: 'Make it smaller in an image program first.',
    },
    option: {
      'zh-CN': '如确认文件可信，可调高 limits.maxPixels。',
      en: 'If you trust the file, limits.maxPixels can be raised.',
    },
  },
  TOO_MUCH_MEMORY: {
    message: {
      'zh-CN': '解码该图片需要的内存超过上限 {limit} 字节。',
      en: 'Decoding the image takes more memory than the limit of {limit} bytes.',
    },
    remedy: {
      'zh-CN': '请在图片软件中缩小尺寸并另存为 PNG 或 JPG。',
      en: 'Save a smaller copy as PNG or JPG from an image program.',
    },
    option: {
      'zh-CN': '如确认文件可信，可调高 limits.memoryLimit。',
      en: 'If you trust the file, limits.memoryLimit can be raised.',
    },
  },
  TIMED_OUT: {
    message: {
      'zh-CN': '处理该图片超过 {limit} 毫秒（处理器时间），已中止。',
      en: 'Preparing the image took more than {limit} ms of processor time and was stopped.',
    },
    remedy: {
      'zh-CN': '请在图片软件中缩小尺寸并另存为 PNG 或 JPG。',
      en: 'Save a smaller copy as PNG or JPG from an image program.',
    },
    option: {
      'zh-CN': '如确认文件可信，可调高 limits.timeLimit。',
      en: 'If you trust the file, limits.timeLimit can be raised.',
    },
  },
  STALLED: {
    message: {
      'zh-CN': '等待 {limit} 毫秒后图片仍未处理完，已中止：机器过于繁忙，或解码进程停住了。',
      en: 'Preparing the image was not done after {limit} ms and was stopped: the machine is too busy, or its decoder stands still.',
    },
    remedy: {
      'zh-CN': '图片本身不一定有问题：请在机器空闲时重新运行；如果反复出现，请另存一份 PNG 或 JPG 再试。',
      en: 'The image may be sound: run it again when the machine is less busy. If it recurs, save a copy as PNG or JPG.',
    },
  },
  CANNOT_FIT: {
    message: {
      'zh-CN': '在可接受的画质下，最小仍有 {bytes} 字节，超过上限 {limit} 字节（{width}×{height}，{kind}）。',
      en: 'At the lowest acceptable quality it still has {bytes} bytes, more than {limit} ({width} × {height}, {kind}).',
    },
    remedy: {
      'zh-CN': '请使用细节、噪点更少的图片；需要透明时，去掉渐变和阴影会明显变小。',
      en: 'Use an image with less noise and detail; without transparency a JPG would be smaller.',
    },
    option: { 'zh-CN': '也可以提高 maxBytes。', en: 'Or raise maxBytes.' },
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
