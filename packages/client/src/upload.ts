import { createHash } from 'node:crypto';
import {
  checkFilename,
  type ImageInfo,
  inspectImage,
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
import { writeForm } from './multipart.js';
import type { ProvenResponse } from './response.js';
import { type ImageSource, readSource } from './source.js';
import type { Call, UploadProgress } from './transport.js';

/** Endpoints that answer an id in place of a URL (contract 7.1). */
export type MediaIdEndpoint = 'merchant-media' | 'merchant-service';

export interface UploadOptions<Endpoint extends UploadEndpointName = UploadEndpointName> {
  /**
   * The name sent in meta, ending in .jpg, .jpeg, .png or .bmp. Default: the path's last part or the File's name, else
   * `image.jpg`, `.png` or `.bmp` after the bytes.
   */
  filename?: string | undefined;
  /** Which endpoint to upload to. Default: `product-coupon`, or `brand-product-coupon` for a brand. */
  endpoint?: Endpoint | undefined;
  /** Ends the upload wherever it is, waiting included. */
  signal?: AbortSignal | undefined;
  /** Told as the body is sent, in steps of at most 256 KiB; each attempt begins anew. */
  onProgress?: ((progress: UploadProgress) => void) | undefined;
}

/** What an upload gives: a permanent URL; from the endpoints that give ids, an id. */
export type UploadResult<Endpoint extends UploadEndpointName = 'product-coupon'> = UploadReceipt &
  (Endpoint extends MediaIdEndpoint ? { mediaId: string } : { imageUrl: string });

export interface UploadReceipt {
  /** Of the bytes sent: 64 hex digits, lower case. */
  sha256: string;
  /** `Request-ID` of the response. */
  requestId: string | undefined;
}

/** An image that would pass the service's checks, as far as can be told here. */
export interface CheckedImage extends ImageInfo {
  /** As meta would carry it. */
  filename: string;
  /** 64 hex digits, lower case. */
  sha256: string;
  bytes: Buffer;
}

/**
 * Reads an image and checks it as an upload does, without sending anything.
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
  return { ...info, filename, sha256: createHash('sha256').update(bytes).digest('hex'), bytes };
}

/** An upload, up to where it can be signed and sent. */
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
  source: ImageSource,
  options: UploadOptions,
  scheme: SchemeName,
  boundary: string,
): Promise<PreparedUpload> {
  const endpoint = readEndpoint(options.endpoint, scheme);
  const { filename, sha256, kind, bytes } = await checkImage(source, { ...options, endpoint: endpoint.name });
  // Serialised once: the same text is signed and sent (contract 2.2).
  const meta = writeMeta({ filename, sha256 });
  const call = {
    method: 'POST',
    path: endpoint.path,
    signed: meta,
    ...writeForm({ meta, filename, kind, file: bytes, boundary }),
    // An upload repeated only yields a URL (contract 6.3).
    idempotent: true,
    signal: options.signal,
    onProgress: options.onProgress,
  };
  return { endpoint, sha256, call };
}

/** @throws MalformedResponseError where the endpoint's response field is missing */
export function readUploadResponse<Endpoint extends UploadEndpointName>(
  { endpoint, sha256 }: PreparedUpload,
  response: ProvenResponse,
): UploadResult<Endpoint> {
  const value = (response.body as Record<string, unknown> | null | undefined)?.[endpoint.responseField];
  if (typeof value !== 'string' || value === '') {
    throw new MalformedResponseError(`the response has no ${endpoint.responseField}`, response);
  }
  const field = endpoint.responseField === 'media_id' ? 'mediaId' : 'imageUrl';
  // The table's response field and MediaIdEndpoint say the same twice, once for the compiler; a test holds them together.
  const result: unknown = { [field]: value, sha256, requestId: response.requestId };
  return result as UploadResult<Endpoint>;
}

function readEndpoint(name: UploadEndpointName | undefined, scheme: SchemeName): UploadEndpoint {
  const endpoint = endpointNamed(name ?? (scheme === 'brand' ? 'brand-product-coupon' : 'product-coupon'));
  // Mixing the two schemes is the commonest 401 (contract 2.10).
  if (endpoint.scheme !== scheme) {
    throw new OptionError('endpoint', `${endpoint.name} is for a client with ${OWNERS[endpoint.scheme]}`);
  }
  return endpoint;
}

function endpointNamed(name: UploadEndpointName): UploadEndpoint {
  const endpoint = uploadEndpoints.find((row) => row.name === name);
  if (endpoint) return endpoint;
  throw new OptionError('endpoint', `must be one of ${uploadEndpoints.map((row) => row.name).join(', ')}`);
}

const OWNERS: Readonly<Record<SchemeName, string>> = { merchant: 'mchid', brand: 'brandId' };

function inspected(bytes: Buffer): ImageInfo {
  const image = bytes.length === 0 ? 'fileEmpty' : inspectImage(bytes);
  if (typeof image === 'string') throw new ImageError(image, refusals[image].message.en);
  return image;
}

function inspectFilename(filename: string, { filenameLimit }: UploadEndpoint): void {
  try {
    checkFilename(filename, filenameLimit);
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    const issue = String(cause.context.detail?.issue);
    throw new ImageError(cause.refusal, `filename ${redacted(filename).en}: ${issue}`, cause);
  }
}
