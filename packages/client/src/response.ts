import { type Evidence, filled, isErrorCode, type KeyRing, verifyResponse } from '@coupon-media/apiv3';
import { explain } from '@coupon-media/apiv3/explain';
import {
  ApiError,
  type ApiErrorBody,
  ForgedResponseError,
  MalformedResponseError,
  type ResponseInfo,
} from './errors.js';

/** A response as received, with the evidence about its request. */
export interface ReceivedResponse {
  response: ResponseInfo;
  evidence: Evidence;
}

/** A 2xx response with a verified signature. Only {@link proveResponse} makes one. */
export interface ProvenResponse extends ResponseInfo {
  /** The parsed body; undefined if it is empty (204). */
  body: unknown;
}

/**
 * Verifies a response. A 2xx is trusted only with WeChat Pay's signature. Any other status is reported as a refusal and never
 * hidden behind a failed verification (contract 3.6).
 *
 * @param now Unix milliseconds
 * @throws ApiError, ForgedResponseError, MalformedResponseError
 */
export async function proveResponse(
  { response, evidence }: ReceivedResponse,
  keys: KeyRing,
  now: number,
): Promise<ProvenResponse> {
  const header = (name: string): string | undefined => singleHeader(response, name);
  const fault = await verifyResponse({ header, body: response.rawBody }, keys, Math.floor(now / 1000));
  // A code that is not 2xx is never hidden behind a failed verification (contract 3.6).
  if (response.status < 200 || response.status > 299) {
    const body = errorBody(response);
    const findings = body.code === 'SIGN_ERROR' ? explain(withResponse(evidence, body, response)) : [];
    throw new ApiError(body, response, {
      verified: fault === undefined,
      fromGateway: isFromGateway(response),
      retryAfter: retryAfterSeconds(response, now),
      findings,
    });
  }
  // A 2xx with no signature, a bad one, an unknown serial or a stale timestamp must be refused (contract 3.6).
  if (fault) throw new ForgedResponseError(fault, response);
  return { ...response, body: parsedBody(response) };
}

/** Adds to the evidence what a SIGN_ERROR says: the string that the service verified, and the service's clock. */
function withResponse(evidence: Evidence, { detail }: ApiErrorBody, response: ResponseInfo): Evidence {
  const date = Date.parse(singleHeader(response, 'date') ?? '');
  const { sign_information: signInformation } = (detail ?? {}) as {
    sign_information?: Evidence['signInformation'];
  };
  return { ...evidence, signInformation, serverNow: Number.isNaN(date) ? undefined : date / 1000 };
}

/** @returns undefined if the header is absent or repeated */
export function singleHeader({ headers }: Pick<ResponseInfo, 'headers'>, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/**
 * @param now Unix milliseconds
 * @returns the seconds to wait by `Retry-After`, which holds seconds or a date; undefined if it is absent
 */
export function retryAfterSeconds(response: Pick<ResponseInfo, 'headers'>, now: number): number | undefined {
  const value = singleHeader(response, 'retry-after');
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}

function parsedBody(response: ResponseInfo): unknown {
  if (response.rawBody.length === 0) return undefined;
  try {
    return JSON.parse(response.rawBody.toString());
  } catch (cause) {
    throw new MalformedResponseError(NO_JSON, response, cause);
  }
}

/** Every response of the service has `Request-ID` (contract 3.3), and most are signed (contract 3.5). */
function isFromGateway(response: ResponseInfo): boolean {
  const isSigned = singleHeader(response, 'wechatpay-signature') !== undefined;
  const { code } = parsedObject(response.rawBody);
  return response.requestId === undefined && !isSigned && !isErrorCode(String(code));
}

/** Reads the body of a refusal. For HTML of a proxy, an empty 404 (contract 5.7) or other JSON, the status becomes the code. */
function errorBody(response: ResponseInfo): ApiErrorBody {
  const { status, rawBody, host } = response;
  const body = parsedObject(rawBody);
  const text = (value: unknown): string | undefined =>
    typeof value === 'string' && value !== '' ? value : undefined;
  const server = /^[ -~]{1,60}/.exec(singleHeader(response, 'server') ?? '')?.[0];
  const by = server === undefined ? UNNAMED : filled(NAMED, { server });
  const unsaid = filled(isFromGateway(response) ? BY_GATEWAY : UNSAID, { host, status, by });
  return {
    code: text(body.code) ?? `HTTP_${status}`,
    message: text(body.message) ?? unsaid,
    detail: body.detail,
  };
}

const UNSAID = {
  'zh-CN': '{host} 返回 {status}，没有说明原因',
  en: '{host} answered {status} without a reason',
};
const BY_GATEWAY = {
  'zh-CN': '返回 {status} 的是 {host} 前面的代理或网关{by}，不是接口本身（没有 Request-ID，也没有签名）',
  en: 'a proxy or gateway in front of {host}{by} answered {status}, not the service itself (no Request-ID, no signature)',
};
const NAMED = { 'zh-CN': '（{server}）', en: ' ({server})' };
const UNNAMED = { 'zh-CN': '', en: '' };

function parsedObject(bytes: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const NO_JSON = { 'zh-CN': '应答验签通过，但不是 JSON', en: 'the response is signed but not JSON' };
