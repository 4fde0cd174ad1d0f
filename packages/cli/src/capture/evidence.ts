import type { Evidence, SignInformation } from '@coupon-media/apiv3';
import type { Capture } from './capture.js';

/** Converts a capture to evidence for `explain`. */
export function evidenceIn({ method, url, headers, body, response }: Capture): Evidence {
  const date = Date.parse(response?.headers.get('date') ?? '');
  const authorization = headers.get('authorization');
  return {
    method,
    url,
    // If the request was captured, a missing header is a finding. If it was not, nothing is known of the header.
    authorization: authorization ?? (method === undefined ? undefined : ''),
    headers: method === undefined ? undefined : headers,
    body: body === undefined ? emptyBodyOf(headers) : Buffer.from(body, 'latin1'),
    signInformation: response && signInformationIn(response.body),
    serverNow: Number.isNaN(date) ? undefined : date / 1000,
  };
}

/** A request that declares no byte has an empty body; otherwise the capture does not show the body. */
function emptyBodyOf(headers: Capture['headers']): Buffer | undefined {
  return headers.get('content-length') === '0' ? Buffer.alloc(0) : undefined;
}

/** Finds `detail.sign_information` of a SIGN_ERROR, or that object alone. */
function signInformationIn(body: string): Partial<SignInformation> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body, 'latin1').toString());
  } catch {
    return undefined;
  }
  const refusal = (value ?? {}) as {
    detail?: { sign_information?: object } | null;
    sign_information?: object;
  };
  const found = refusal.detail?.sign_information ?? refusal.sign_information ?? refusal;
  return 'truncated_sign_message' in found ? (found as Partial<SignInformation>) : undefined;
}
