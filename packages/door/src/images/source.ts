import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { IMAGE_BYTES_LIMIT } from '@coupon-media/apiv3';
import type { HttpBindings } from '@hono/node-server';
import type { Room } from '../limits/room.js';
import { Problem } from '../problems/problem.js';

/** The bytes of an image in memory. */
export interface ImageBytes {
  /** In order; they are not joined, since most images only have to be hashed. */
  readonly chunks: readonly Buffer[];
  readonly bytes: number;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
}

/** An image as its sender gives it. */
export interface ReceivedSource {
  readonly image: ImageBytes;
  /** The name of the file in a form. */
  readonly filename: string | undefined;
  /** The other fields of a form. */
  readonly fields: Readonly<Record<string, string>>;
  /** Gives its room in memory back. */
  release(): void;
}

/** Bytes that the other fields of a form and its boundaries may take. */
const FORM_ROOM = 65_536;

/**
 * Reads the one image of a request: the raw body, or the one file of a form.
 *
 * @param limit bytes of the image
 * @param isAnyImage whether formats that the page does not take are read, too: they will be prepared
 * @throws Problem
 */
export async function readSource(
  { incoming: request, outgoing }: Pick<HttpBindings, 'incoming' | 'outgoing'>,
  { limit, isAnyImage, room }: { readonly limit: number; readonly isAnyImage: boolean; readonly room: Room },
): Promise<ReceivedSource> {
  const type = request.headers['content-type'];
  const media = type?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const isForm = media === 'multipart/form-data';
  if (
    !isForm &&
    !RAW.has(media) &&
    !(isAnyImage && /^(?:image\/[\w.+-]+|application\/octet-stream)$/.test(media))
  ) {
    throw new Problem('content-type-unsupported', UNSUPPORTED, {
      headers: { Accept: [...RAW, 'multipart/form-data'].join(', ') },
    });
  }
  const most = isForm ? limit + FORM_ROOM : limit;
  const declared = Number(request.headers['content-length'] ?? most);
  if (declared > most) throw tooLarge(limit);
  const release = room.take(isForm ? 3 * declared : declared);
  if (!release) throw new Problem('service-busy', BUSY, { headers: { 'Retry-After': '1' } });
  try {
    // A sender that asks first sends nothing that would be refused.
    if (request.httpVersion === '1.1' && /^100-continue$/i.test(request.headers.expect ?? ''))
      outgoing.writeContinue();
    const body = await readBody(request, most, () => tooLarge(limit));
    if (!isForm) return { image: body, filename: undefined, fields: {}, release };
    return { ...(await readForm(body, type ?? '', limit)), release };
  } catch (error) {
    release();
    throw error;
  }
}

/** The digest is taken while the bytes arrive. */
function readBody(request: IncomingMessage, most: number, excess: () => Problem): Promise<ImageBytes> {
  return new Promise((resolve, reject) => {
    const hash = createHash('sha256');
    const chunks: Buffer[] = [];
    let bytes = 0;
    function ended(): void {
      request.off('data', take).off('end', end).off('close', cut).off('error', cut);
    }
    function take(chunk: Buffer): void {
      bytes += chunk.length;
      if (bytes > most) {
        ended();
        reject(excess());
        // The rest runs out, so that the refusal arrives.
        request.resume();
        return;
      }
      hash.update(chunk);
      chunks.push(chunk);
    }
    function end(): void {
      ended();
      resolve({ chunks, bytes, sha256: hash.digest('hex') });
    }
    function cut(): void {
      ended();
      request.on('error', () => {});
      reject(new Problem('body-cut-off', CUT));
    }
    if (request.destroyed) return cut();
    request.on('data', take).on('end', end).on('close', cut).on('error', cut);
  });
}

/** The form reader is the one of the platform: `Response.formData`. */
async function readForm(
  { chunks }: ImageBytes,
  type: string,
  limit: number,
): Promise<Omit<ReceivedSource, 'release'>> {
  let form: Awaited<ReturnType<Response['formData']>>;
  try {
    form = await new Response(Buffer.concat(chunks), { headers: { 'Content-Type': type } }).formData();
  } catch (cause) {
    throw new Problem('form-malformed', FORM, { cause });
  }
  const fields: Record<string, string> = {};
  const files: File[] = [];
  for (const [name, value] of form) {
    if (typeof value !== 'string') files.push(value);
    else if (Object.hasOwn(fields, name)) throw new Problem('form-malformed', TWICE);
    else Object.defineProperty(fields, name, { value, enumerable: true });
  }
  const [file] = files;
  if (!file || files.length > 1) throw new Problem('form-malformed', ONE_FILE);
  if (file.size > limit) throw tooLarge(limit);
  return { image: imageBytes(Buffer.from(await file.arrayBuffer())), filename: file.name, fields };
}

export function imageBytes(content: Buffer): ImageBytes {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { chunks: [content], bytes: content.length, sha256 };
}

function tooLarge(limit: number): Problem {
  const isImage = limit === IMAGE_BYTES_LIMIT;
  const [zh, en] = isImage
    ? ['；可加参数 prepare=true 由服务压缩', '; with prepare=true the service makes it smaller']
    : ['', ''];
  return new Problem('body-too-large', {
    'zh-CN': `图片不能超过 ${limit} 字节${zh}。`,
    en: `An image has at most ${limit} bytes${en}.`,
  });
}

/** The kinds that the page takes (contract 1.3). */
const RAW: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/bmp']);

const UNSUPPORTED = {
  'zh-CN': '请使用 image/png、image/jpeg 或 multipart/form-data；其他图片格式需加参数 prepare=true。',
  en: 'Send image/png, image/jpeg or multipart/form-data; other formats of images need prepare=true.',
};
const BUSY = {
  'zh-CN': '正在接收的图片过多，请稍后重试。',
  en: 'Too many images are being received; try again in a moment.',
};
const CUT = {
  'zh-CN': '连接在请求体结束之前断开。',
  en: 'The connection closed before the end of the body.',
};
const FORM = {
  'zh-CN': '请求体不是有效的 multipart/form-data。',
  en: 'The body is not valid multipart/form-data.',
};
const TWICE = { 'zh-CN': '表单字段重复。', en: 'A field stands twice in the form.' };
const ONE_FILE = { 'zh-CN': '表单中应恰好有一个文件。', en: 'The form must hold exactly one file.' };
