import {
  CipherError,
  decryptField,
  encryptField,
  filled,
  type KeyRing,
  type Notification,
  type PrivateKey,
  redacted,
  type UploadEndpointName,
} from '@coupon-media/apiv3';
import type { PlatformKey } from './credentials.js';
import { FieldError, ForgedResponseError, NotificationError, OptionError } from './errors.js';
import type { InspectedImage } from './inspected.js';
import { createPlatformKeys } from './keys.js';
import { type IncomingNotification, readNotification } from './notification.js';
import { type ClientOptions, readOptions } from './options.js';
import { type ProvenResponse, proveResponse } from './response.js';
import type { NextCertificate } from './rotation.js';
import type { ImageSource } from './source.js';
import { type Call, createTransport } from './transport.js';
import { prepareUpload, readUploadResponse, type UploadOptions, type UploadResult } from './upload.js';

/**
 * A client of WeChat Pay's APIv3, or of another service with this protocol. Make one and keep it, since it holds connections.
 */
export interface Client {
  /**
   * Uploads an image, verifies the response and returns the image's URL.
   *
   * @throws ApiError the service refused: `code`, `status`, `detail` say why
   * @throws ImageError, SourceError, OptionError nothing was sent
   * @throws ForgedResponseError, MalformedResponseError the response cannot be used
   * @throws NetworkError, TimeoutError no response came
   * @throws AbortedError, SigningError
   * @example
   * ```ts
   * import { ApiError, type Client } from '@coupon-media/client';
   *
   * export async function upload(client: Client, image: Uint8Array): Promise<string> {
   *   try {
   *     const signal = AbortSignal.timeout(60_000);
   *     const { imageUrl } = await client.uploadImage(image, { filename: 'coupon.png', signal });
   *     return imageUrl;
   *   } catch (error) {
   *     if (error instanceof ApiError && error.code === 'NO_AUTH') console.error('no permission for coupons');
   *     throw error;
   *   }
   * }
   * ```
   */
  uploadImage<Endpoint extends UploadEndpointName = 'product-coupon'>(
    source: ImageSource | InspectedImage,
    options?: UploadOptions<Endpoint>,
  ): Promise<UploadResult<Endpoint>>;

  /**
   * Calls any JSON endpoint of APIv3. The request is signed, and the response is verified.
   *
   * @param method `GET`, `POST` …
   * @param path path and query exactly as they are sent and signed, percent-encoded: `/v3/certificates?a=1`
   * @param body see RequestBody; leave it out if there is none
   * @throws as uploadImage does, and FieldError
   * @example
   * ```ts
   * import type { Client } from '@coupon-media/client';
   *
   * export async function createCoupon(client: Client, imageUrl: string, owner: string): Promise<string> {
   *   const path = '/v3/marketing/partner/product-coupon/product-coupons';
   *   const { body } = await client.request<{ product_coupon_id: string }>('POST', path, (encrypt) => ({
   *     out_request_no: 'coupon-20250804-1',
   *     display_info: { image_url: imageUrl },
   *     owner_name: encrypt(owner),
   *   }));
   *   return body.product_coupon_id;
   * }
   * ```
   */
  request<Content = unknown>(
    method: string,
    path: string,
    body?: RequestBody,
    options?: RequestOptions,
  ): Promise<ApiResponse<Content>>;

  /**
   * Decrypts a sensitive field of a response.
   *
   * @param ciphertext base64, as the response carries it
   * @throws FieldError if it was encrypted for another key
   * @throws OptionError if a Signer holds the private key
   */
  decrypt(ciphertext: string): string;

  /**
   * Uses a further API certificate from a moment on, without a new client: calls that are signed later are signed with its key. The
   * certificate before it must be valid until then.
   *
   * @throws OptionError
   * @example
   * ```ts
   * import type { Client } from '@coupon-media/client';
   *
   * export function renew(client: Client): void {
   *   client.addCertificate({
   *     from: '2026-12-01T00:00:00+08:00',
   *     certificate: '2027/apiclient_cert.pem',
   *     privateKeyPath: '2027/apiclient_key.pem',
   *   });
   * }
   * ```
   */
  addCertificate(next: NextCertificate): void;

  /**
   * Reads `nextCertificates` of the profile again, and adds those that are new: what an operator writes into the file is used from its
   * moment on, without a restart.
   *
   * @throws OptionError what is wrong with the profile; nothing has changed then, or the items before the wrong one were added
   */
  rereadProfile(): void;

  /**
   * Says when what this client signs and verifies with ends, for a metric or an alarm: the API certificate, the next ones included, and
   * the last platform certificate. What does not end, or was not given, is left out.
   */
  expiries(): readonly Expiry[];

  /**
   * Verifies and decrypts a notification from WeChat Pay. It needs `apiV3Key`.
   *
   * @throws NotificationError the notification cannot be trusted; respond to it with an error
   * @throws OptionError
   * @example
   * ```ts
   * import type { IncomingMessage } from 'node:http';
   * import type { Client } from '@coupon-media/client';
   *
   * export async function onNotification(client: Client, request: IncomingMessage): Promise<string> {
   *   const chunks: Buffer[] = [];
   *   for await (const chunk of request) chunks.push(chunk);
   *   const body = Buffer.concat(chunks);
   *   const { eventType } = await client.readNotification({ headers: request.headers, body });
   *   return eventType;
   * }
   * ```
   */
  readNotification(notification: IncomingNotification): Promise<Notification>;

  /**
   * Accepts no more calls, waits for those under way, and closes the connections. Another call waits for the same. A process may
   * also just exit.
   */
  close(): Promise<void>;
}

/** The end of a certificate. */
export interface Expiry {
  what: 'certificate' | 'platformCertificate';
  /** Unix seconds. */
  notAfter: number;
}

/**
 * The body of a request. An object is serialised once; a string is sent unchanged. A function receives `encrypt`, which
 * encrypts a sensitive field (RSA-OAEP, base64) with the key that `Wechatpay-Serial` names, and returns the object.
 */
export type RequestBody = string | object | ((encrypt: (plaintext: string) => string) => object);

export interface RequestOptions {
  /** Aborts the call at any stage, waiting included. */
  signal?: AbortSignal | undefined;
  /**
   * Whether the same request may arrive twice without harm, for example with an `out_request_no`. Default: true for GET, PUT
   * and DELETE. If false, a call is retried only if it certainly had no effect: after 429, or without a connection.
   */
  idempotent?: boolean | undefined;
}

/** A 2xx response with a verified signature. */
export interface ApiResponse<Content = unknown> {
  status: number;
  /** By lower-case name. */
  headers: Readonly<Record<string, string | readonly string[]>>;
  requestId: string | undefined;
  /** Parsed JSON, of the type the caller expects, unchecked; undefined for an empty body (204). */
  body: Content;
  rawBody: Buffer;
}

/**
 * Makes a client. It reads the key files at once, so that every client can sign; it sends nothing.
 *
 * @throws OptionError that names the wrong option and the expected value
 * @example
 * ```ts
 * import { createClient } from '@coupon-media/client';
 *
 * const client = createClient({
 *   mchid: '1900000001',
 *   certificateSerialNo: '1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C',
 *   privateKeyPath: 'apiclient_key.pem',
 *   wechatPayPublicKeys: [{ id: 'PUB_KEY_ID_0119000000012025', publicKeyPath: 'pub_key.pem' }],
 * });
 * const { imageUrl } = await client.uploadImage('coupon.png');
 * console.log(imageUrl);
 * ```
 */
export function createClient(options: ClientOptions): Client {
  const settings = readOptions(options);
  const { limiter, effects, identity } = settings;
  const transport = createTransport(settings);
  const keys = createPlatformKeys(settings, transport);
  const underWay = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;

  /** Runs a call within the limit and registers it for close(). */
  async function run<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    if (closing) throw new OptionError('client', CLOSED);
    const running = limiter.acquire(signal).then((leave) => work().finally(leave));
    underWay.add(running);
    return running.finally(() => underWay.delete(running));
  }

  async function end(): Promise<void> {
    await Promise.allSettled(underWay);
    if (settings.ownsDispatcher) await settings.dispatcher.close();
  }

  async function send(call: Call): Promise<ProvenResponse> {
    const received = await transport.send(call);
    return withRenewal(call.signal, (ring) => proveResponse(received, ring, effects.now()));
  }

  /** Platform certificates change: if a key is unknown, they are fetched again, and the response is verified once more. */
  async function withRenewal<T>(
    signal: AbortSignal | undefined,
    prove: (ring: KeyRing) => Promise<T>,
  ): Promise<T> {
    const ring = keys.ring();
    try {
      return await prove(ring);
    } catch (error) {
      const renewed = isUnknownKey(error) ? await keys.renew(ring, signal) : ring;
      if (renewed === ring) throw error;
      return prove(renewed);
    }
  }

  return {
    async uploadImage<Endpoint extends UploadEndpointName>(
      source: ImageSource | InspectedImage,
      uploadOptions: UploadOptions<Endpoint> = {},
    ) {
      const { signal } = uploadOptions;
      return run(signal, async () => {
        const upload = await prepareUpload(source, uploadOptions, identity.scheme, effects.nonce());
        const { id } = await keys.current(signal);
        return readUploadResponse<Endpoint>(upload, await send({ ...upload.call, wechatpaySerial: id }));
      });
    },

    async request<Content>(
      method: string,
      path: string,
      body?: RequestBody,
      requestOptions: RequestOptions = {},
    ) {
      checkTarget(method, path);
      const { signal } = requestOptions;
      return run(signal, async () => {
        const response = await send(jsonCall(method, path, body, requestOptions, await keys.current(signal)));
        const { status, headers, requestId, rawBody } = response;
        return { status, headers, requestId, rawBody, body: response.body as Content };
      });
    },

    decrypt(ciphertext) {
      const keys = settings.ownKeys.all().flatMap(({ privateKey }) => privateKey ?? []);
      if (keys.length === 0) throw new OptionError('privateKey', NO_PEM);
      return cipher(() => decryptWithOne(ciphertext, keys));
    },

    addCertificate: settings.addCertificate,
    rereadProfile: settings.rereadProfile,

    expiries() {
      const ends = {
        certificate: settings.ownKeys.validUntil(),
        platformCertificate: keys.validUntil(),
      };
      return (['certificate', 'platformCertificate'] as const).flatMap((what) => {
        const notAfter = ends[what];
        return notAfter === undefined ? [] : [{ what, notAfter }];
      });
    },

    async readNotification(notification) {
      const { apiV3Key } = settings;
      return withRenewal(undefined, (ring) =>
        readNotification(notification, { keys: ring, apiV3Key, now: effects.now() }),
      );
    },

    close() {
      closing ??= end();
      return closing;
    },
  };
}

function isUnknownKey(error: unknown): boolean {
  return (
    (error instanceof ForgedResponseError || error instanceof NotificationError) &&
    error.fault === 'unknownKey'
  );
}

/** The signed target must equal the sent one, so characters that HTTP libraries encode or cut off are refused. */
function checkTarget(method: string, path: string): void {
  if (!/^[A-Z]+$/.test(method)) {
    throw new OptionError('method', filled(NOT_UPPER_CASE, { method: redacted(method) }));
  }
  if (!/^\/(?!\/)[!-~]*$/.test(path) || path.includes('#')) {
    throw new OptionError('path', NOT_A_PATH);
  }
}

const CLOSED = { 'zh-CN': '已关闭，请重新创建', en: 'was closed; make another one' };
const NO_PEM = {
  'zh-CN': '解密需要 PEM 文本形式的私钥：Signer 只能签名',
  en: 'must be PEM text to decrypt: a Signer only signs',
};
const NOT_UPPER_CASE = {
  'zh-CN': '应为大写（与签名时一致），当前是 {method}',
  en: 'must be in upper case, as it is signed, not {method}',
};
const NOT_A_PATH = {
  'zh-CN': '应以单个 / 开头并经过百分号编码，不含域名和片段',
  en: 'must begin with one / and be percent-encoded, without host and fragment',
};

const IDEMPOTENT = new Set(['GET', 'PUT', 'DELETE']);

function jsonCall(
  method: string,
  path: string,
  body: RequestBody | undefined,
  { signal, idempotent = IDEMPOTENT.has(method) }: RequestOptions,
  key: PlatformKey,
): Call {
  const text = bodyText(body, key);
  return {
    method,
    path,
    signed: text,
    contentType: text === '' ? undefined : 'application/json',
    pieces: text === '' ? [] : [Buffer.from(text)],
    idempotent,
    wechatpaySerial: key.id,
    signal,
    onProgress: undefined,
  };
}

/** Serialised once: the same text is signed and sent. */
function bodyText(body: RequestBody | undefined, { publicKey }: PlatformKey): string {
  if (body === undefined) return '';
  if (typeof body === 'string') return body;
  if (typeof body === 'object') return JSON.stringify(body);
  return JSON.stringify(body((plaintext) => cipher(() => encryptField(plaintext, publicKey))));
}

/** A field is for the certificate that its sender knew, which may be the older one. */
function decryptWithOne(ciphertext: string, [key, ...others]: PrivateKey[]): string {
  if (key === undefined) throw new TypeError('no key');
  try {
    return decryptField(ciphertext, key);
  } catch (error) {
    if (others.length === 0) throw error;
    return decryptWithOne(ciphertext, others);
  }
}

function cipher(work: () => string): string {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof CipherError) throw new FieldError(cause.texts, { cause });
    throw cause;
  }
}
