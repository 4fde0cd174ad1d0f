import { createHash } from 'node:crypto';
import {
  checkFilename,
  filled,
  type ImageDoubt,
  type ImageInfo,
  imageDoubts,
  imageDoubtTexts,
  inspectImage,
  isRefusalName,
  Refusal,
  redacted,
  refusals,
  type SchemeName,
  type UploadEndpoint,
  type UploadEndpointName,
  uploadEndpoints,
  writeMeta,
} from '@coupon-media/apiv3';
import { ImageError, MalformedResponseError, OptionError } from './errors.js';
import type { CallEvent } from './hooks.js';
import { type InspectedImage, isInspected, readInspected } from './inspected.js';
import { writeForm } from './multipart.js';
import type { ProvenResponse } from './response.js';
import { type ImageSource, readSource } from './source.js';
import type { Call, UploadProgress } from './transport.js';

/** Endpoints that return an id in place of a URL (contract 7.1). */
export type MediaIdEndpoint = 'merchant-media' | 'merchant-service';

export interface UploadOptions<Endpoint extends UploadEndpointName = UploadEndpointName> {
  /**
   * The filename in meta, which ends in .jpg, .jpeg, .png or .bmp. Default: the last part of the path or the name of the File,
   * else `image.jpg`, `image.png` or `image.bmp` by the kind of the bytes.
   */
  filename?: string | undefined;
  /** The endpoint to upload to. Default: `product-coupon`, or `brand-product-coupon` for a brand. */
  endpoint?: Endpoint | undefined;
  /** Aborts the upload at any stage, waiting included. */
  signal?: AbortSignal | undefined;
  /** Called when a request of this upload is about to be sent, retries included; `hooks.onAttempt` is called as well. */
  onAttempt?: ((event: CallEvent) => void) | undefined;
  /** Called while the body is sent, in steps of at most 256 KiB. Each attempt starts at zero. */
  onProgress?: ((progress: UploadProgress) => void) | undefined;
  /**
   * Called before anything is sent if the service would accept the image but people may not see it: `endMissing` for a file that was cut
   * short, `processUncommon` for a JPG that phones do not show. The upload waits for it; what it throws ends the upload.
   * Default: a warning of the process with the code `COUPON_MEDIA_IMAGE`, since a URL is permanent.
   */
  onDoubt?: ((doubts: readonly ImageDoubt[]) => void | Promise<void>) | undefined;
}

/** The result of an upload: a permanent URL, or an id from the endpoints that return ids. */
export type UploadResult<Endpoint extends UploadEndpointName = 'product-coupon'> = UploadReceipt &
  (Endpoint extends MediaIdEndpoint ? { mediaId: string } : { imageUrl: string });

export interface UploadReceipt {
  /** Of the bytes sent: 64 hex digits, lower case. */
  sha256: string;
  /** `Request-ID` of the response. */
  requestId: string | undefined;
  /** The origin that responded. */
  host: string;
  /** Requests that it took, retries included. */
  attempts: number;
}

/** An image that passes the service's checks, as far as the client can tell. */
export interface CheckedImage extends ImageInfo {
  /** As meta would carry it. */
  filename: string;
  /** 64 hex digits, lower case. */
  sha256: string;
  bytes: Buffer;
  /** What speaks against the image although the service accepts it; mostly nothing. */
  doubts: readonly ImageDoubt[];
}

/**
 * Reads and checks an image as an upload does, without sending anything.
 *
 * @throws ImageError the service would refuse it
 * @throws SourceError, OptionError, AbortedError
 * @example
 * ```ts
 * import { checkImage } from '@coupon-media/client';
 *
 * const { filename, sha256, width, height } = await checkImage('coupon.png');
 * console.log(`${filename}: ${width}×${height}, ${sha256}`);
 * ```
 */
export async function checkImage(source: ImageSource, options: UploadOptions = {}): Promise<CheckedImage> {
  const { bytes, name } = await readSource(source, options.signal);
  const info = inspected(bytes);
  const filename = options.filename ?? name ?? `image.${info.kind}`;
  inspectFilename(filename, endpointNamed(options.endpoint ?? 'product-coupon'));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { ...info, filename, sha256, bytes, doubts: imageDoubts(bytes) };
}

/** An upload that is ready to be signed and sent. */
export interface PreparedUpload {
  endpoint: UploadEndpoint;
  sha256: string;
  call: Omit<Call, 'wechatpaySerial'>;
}

/**
 * @param boundary alphanumeric and random
 * @throws as checkImage does
 */
export async function prepareUpload(
  source: ImageSource | InspectedImage,
  options: UploadOptions,
  scheme: SchemeName,
  boundary: string,
): Promise<PreparedUpload> {
  const endpoint = readEndpoint(options.endpoint, scheme);
  const image = isInspected(source)
    ? asGiven(source, options, endpoint)
    : await checkImage(source, { ...options, endpoint: endpoint.name });
  const { filename, sha256, kind, bytes } = image;
  if (image.doubts.length > 0) await (options.onDoubt ?? warn(filename))(image.doubts);
  // Serialised once: the same text is signed and sent (contract 2.2).
  const meta = writeMeta({ filename, sha256 });
  const call = {
    method: 'POST',
    path: endpoint.path,
    signed: meta,
    ...writeForm({ meta, filename, kind, file: bytes, boundary }),
    // Repeating an upload only yields a URL (contract 6.3).
    idempotent: true,
    signal: options.signal,
    onAttempt: options.onAttempt,
    onProgress: options.onProgress,
  };
  return { endpoint, sha256, call };
}

/** @throws MalformedResponseError if the response field of the endpoint is missing */
export function readUploadResponse<Endpoint extends UploadEndpointName>(
  { endpoint, sha256 }: PreparedUpload,
  response: ProvenResponse,
): UploadResult<Endpoint> {
  const value = (response.body as Record<string, unknown> | null | undefined)?.[endpoint.responseField];
  if (typeof value !== 'string' || value === '') {
    throw new MalformedResponseError(filled(NO_FIELD, { field: endpoint.responseField }), response);
  }
  const field = endpoint.responseField === 'media_id' ? 'mediaId' : 'imageUrl';
  // The table's response field and the type MediaIdEndpoint say the same, once for the compiler; a test compares them.
  const result: unknown = {
    ...{ [field]: value, sha256, requestId: response.requestId },
    ...{ host: response.host, attempts: response.attempt },
  };
  return result as UploadResult<Endpoint>;
}

function readEndpoint(name: UploadEndpointName | undefined, scheme: SchemeName): UploadEndpoint {
  const endpoint = endpointNamed(name ?? (scheme === 'brand' ? 'brand-product-coupon' : 'product-coupon'));
  // Mixing the two schemes is the most common cause of a 401 (contract 2.10).
  if (endpoint.scheme !== scheme) {
    const { name } = endpoint;
    throw new OptionError('endpoint', filled(OTHER_SCHEME, { name, owner: OWNERS[endpoint.scheme] }));
  }
  return endpoint;
}

function endpointNamed(name: UploadEndpointName): UploadEndpoint {
  const endpoint = uploadEndpoints.find((row) => row.name === name);
  if (endpoint) return endpoint;
  const names = uploadEndpoints.map((row) => row.name).join(', ');
  throw new OptionError('endpoint', filled(NO_SUCH_ENDPOINT, { names }));
}

const OWNERS: Readonly<Record<SchemeName, string>> = { merchant: 'mchid', brand: 'brandId' };

function inspected(bytes: Buffer): ImageInfo {
  const image = bytes.length === 0 ? 'fileEmpty' : inspectImage(bytes);
  if (typeof image === 'string') throw new ImageError(image, refusals[image].message);
  return image;
}

function inspectFilename(filename: string, { filenameLimit }: UploadEndpoint): void {
  try {
    checkFilename(filename, filenameLimit);
  } catch (cause) {
    if (!(cause instanceof Refusal && isRefusalName(cause.refusal))) throw cause;
    const issue = String(cause.context.detail?.issue);
    const repaired = readAsLatin1(filename);
    const texts = filled(WRONG_NAME, { filename: redacted(filename), issue });
    const hint =
      repaired === undefined ? undefined : filled(READ_AS_LATIN1, { texts, name: redacted(repaired) });
    throw new ImageError(cause.refusal, hint ?? texts, cause);
  }
}

/** What was found out about the image before is not found out again; only its filename is judged, by the endpoint's limit. */
function asGiven(image: InspectedImage, { filename }: UploadOptions, endpoint: UploadEndpoint): CheckedImage {
  const { content, sha256, kind, width, height } = readInspected(image);
  const name = filename ?? image.filename;
  inspectFilename(name, endpoint);
  return { kind, width, height, filename: name, sha256, bytes: content, doubts: [] };
}

function warn(filename: string): (doubts: readonly ImageDoubt[]) => void {
  return (doubts) => {
    const reasons = doubts.map((doubt) => imageDoubtTexts[doubt].en).join('; ');
    process.emitWarning(`${redacted(filename).en}: ${reasons}`, { code: 'COUPON_MEDIA_IMAGE' });
  };
}

/** @returns the name that was meant, if UTF-8 was read as Latin-1: multer and busboy do so unless told otherwise */
function readAsLatin1(filename: string): string | undefined {
  if (!/^[\0-\xff]*$/.test(filename) || !/[\x80-\xff]/.test(filename)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(filename, 'latin1'));
  } catch {
    return undefined;
  }
}

const READ_AS_LATIN1 = {
  'zh-CN':
    "{texts}；这是按 Latin-1 读取的 UTF-8，应为 {name}：multer({ defParamCharset: 'utf8' })（2.1 起），或 Buffer.from(file.originalname, 'latin1').toString()",
  en: "{texts}; this is UTF-8 that was read as Latin-1, and means {name}: multer({ defParamCharset: 'utf8' }) since 2.1, or Buffer.from(file.originalname, 'latin1').toString()",
};
const NO_FIELD = { 'zh-CN': '应答缺少 {field}', en: 'the response has no {field}' };
const OTHER_SCHEME = {
  'zh-CN': '{name} 只能用于以 {owner} 创建的客户端',
  en: '{name} is for a client with {owner}',
};
const NO_SUCH_ENDPOINT = { 'zh-CN': '应为以下之一：{names}', en: 'must be one of {names}' };
const WRONG_NAME = { 'zh-CN': '文件名 {filename}：{issue}', en: 'filename {filename}: {issue}' };
