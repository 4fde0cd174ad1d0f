import {
  CERTIFICATES_PATH,
  errorText,
  filled,
  responseLanguage,
  type SchemeName,
  type Text,
  uploadEndpoints,
} from '@coupon-media/apiv3';
import type { SignedCall, SignedRoute, UnsignedResponse } from '@coupon-media/server';
import { checkResponse } from './read-rules.js';
import { RefusedCall } from './refused-call.js';
import type { Remarks } from './remarks.js';
import { CALL_METHODS, type CallMethod, type CallResponse, type ReceivedCall } from './rule.js';
import type { FoundRule, ResponseTable } from './table.js';

/** How such requests are named in traces. */
const CALL_KIND = 'call';

/** Bytes. The largest lists of transfers and complaints have some hundred KiB. */
const BODY_LIMIT = 1024 * 1024;

/**
 * The routes of every signed request that is no upload and no download of certificates. The service verifies it by the same stages
 * as an upload, over its whole body, and the table responds.
 */
export function callRoutes(table: ResponseTable, remarks: Remarks): SignedRoute[] {
  return SCHEMES.flatMap(([scheme, prefix]) =>
    CALL_METHODS.map((method) => ({
      name: CALL_KIND,
      method,
      scheme,
      path: new RegExp(`^(?!(?:${OWN.join('|')})$)/${prefix}/`),
      bodyLimit: BODY_LIMIT,
      // A form is signed over its meta part, so it could never be verified as a call: it is an upload to a mistaken path.
      takes: ({ header }) => !/^\s*multipart\//i.test(header('content-type') ?? ''),
      handle: (call) => respond(call, method, table, remarks),
    })),
  );
}

const SCHEMES: readonly (readonly [SchemeName, string])[] = [
  ['merchant', 'v3'],
  ['brand', 'brand'],
];

/** Paths of the service: which methods they take is decided by its own table. */
const OWN = [CERTIFICATES_PATH, ...uploadEndpoints.map(({ path }) => path)];

async function respond(
  call: SignedCall,
  method: CallMethod,
  table: ResponseTable,
  remarks: Remarks,
): Promise<UnsignedResponse> {
  const { head, trace } = call;
  try {
    const found = table.find(method, head.url);
    if (!found) throw noResponse(method, head.url);
    return unsigned(await responseOf(found, received(call, method, found)));
  } catch (error) {
    if (!(error instanceof RefusedCall)) throw error;
    remarks.add(trace, error.texts);
    return error.responseIn(responseLanguage(head.header('accept-language')));
  }
}

function noResponse(method: CallMethod, url: string): RefusedCall {
  return new RefusedCall(404, 'NO_RESPONSE', filled(TEXTS.none, { method, url }));
}

async function responseOf({ id, rule }: FoundRule, call: ReceivedCall): Promise<CallResponse> {
  const { response } = rule;
  if (typeof response !== 'function') return response;
  try {
    const given = await response(call);
    checkResponse({ ...given }, '');
    return given;
  } catch (error) {
    if (error instanceof RefusedCall) throw error;
    throw new RefusedCall(500, 'SYSTEM_ERROR', filled(TEXTS.failed, { id, why: errorText(error) }));
  }
}

function unsigned({ status, jsonBody, body, headers }: CallResponse): UnsignedResponse {
  const text = body ?? (jsonBody === undefined ? '' : JSON.stringify(jsonBody));
  return { status: status ?? (text === '' ? 204 : 200), body: text, ...(headers && { headers }) };
}

function received({ head, caller, body }: SignedCall, method: CallMethod, found: FoundRule): ReceivedCall {
  const { url } = head;
  const text = body.toString('utf8');
  return {
    ...{ method, url, groups: found.groups, caller: caller.id, text, body: parsed(text) },
    query: new URLSearchParams(url.split('?', 2)[1] ?? ''),
    header: (name) => head.header(name.toLowerCase()),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const TEXTS = {
  none: {
    en: 'The signature is right, and this sandbox has no response for {method} {url}. Give it one: sandbox.responses.add(…), --responses FILE, or POST /sandbox/responses',
    'zh-CN':
      '签名正确，但沙箱没有为 {method} {url} 配置应答。请添加：sandbox.responses.add(…)、--responses 文件，或 POST /sandbox/responses',
  },
  failed: {
    en: 'The function of response rule {id} failed: {why}',
    'zh-CN': '应答规则 {id} 的函数执行失败：{why}',
  },
} as const satisfies Record<string, Text>;
