/** What a request's signature covers (contract 2.1). */
export interface RequestParts {
  /** HTTP method, upper case. */
  method: string;
  /** Path and raw query exactly as sent, without the host: `/v3/certificates?a=1`. */
  url: string;
  /** Unix seconds. */
  timestamp: string | number;
  nonce: string;
  /** The bytes of the body; for an upload, those of the `meta` part (contract 2.2). Empty if there is none. */
  body: string | Uint8Array;
}

/** What a response's signature covers (contract 3.1). */
export interface ResponseParts {
  /** Unix seconds, as in `Wechatpay-Timestamp`. */
  timestamp: string | number;
  nonce: string;
  /** The response's raw bytes. */
  body: string | Uint8Array;
}

/**
 * The five lines that a request's signature covers, each ended by LF (contract 2.1).
 *
 * @example
 * ```ts
 * import { requestMessage } from '@coupon-media/apiv3';
 *
 * const parts = { method: 'GET', url: '/v3/certificates', timestamp: 1554208460, nonce: 'ABCDEFGH', body: '' };
 * console.log(requestMessage(parts).toString()); // 'GET\n/v3/certificates\n1554208460\nABCDEFGH\n\n'
 * ```
 */
export function requestMessage({ method, url, timestamp, nonce, body }: RequestParts): Buffer {
  return lines(`${method}\n${url}\n${timestamp}\n${nonce}\n`, body);
}

/**
 * The three lines that a response's signature covers, each ended by LF (contract 3.1).
 *
 * @example
 * ```ts
 * import { responseMessage } from '@coupon-media/apiv3';
 *
 * const message = responseMessage({ timestamp: 1554208460, nonce: 'ABCDEFGH', body: '{}' });
 * console.log(message.toString()); // '1554208460\nABCDEFGH\n{}\n'
 * ```
 */
export function responseMessage({ timestamp, nonce, body }: ResponseParts): Buffer {
  return lines(`${timestamp}\n${nonce}\n`, body);
}

const LF = Buffer.from('\n');

// The bytes of a part may not be valid UTF-8, so they are joined as bytes and never decoded.
function lines(head: string, body: string | Uint8Array): Buffer {
  return typeof body === 'string'
    ? Buffer.from(`${head}${body}\n`)
    : Buffer.concat([Buffer.from(head), body, LF]);
}
