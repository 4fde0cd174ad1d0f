import { filled, type Text, withReason } from '@coupon-media/apiv3';
import { createReader, isObject, type Read } from '../run/reader.js';
import { SandboxError } from '../run/sandbox-error.js';
import { CALL_METHODS, type CallPattern, type CallResponse, type ResponseRule, URL_KEYS } from './rule.js';

/**
 * Reads rules from JSON: one rule, a list, or an object with the list as `mappings`, as in WireMock's files.
 *
 * @throws SandboxError `RESPONSES` that names the place and what is expected there
 */
export function readRules(value: unknown): readonly ResponseRule[] {
  if (isObject(value) && 'mappings' in value) return FILE(value, '').mappings;
  return Array.isArray(value) ? LIST(value, '') : [RULE(value, '')];
}

/**
 * Checks a rule, whether it was written as JSON or in a test.
 *
 * @param place where it stands, for the message
 * @throws SandboxError `RESPONSES`
 */
export function readRule(value: unknown, place: string): ResponseRule {
  return RULE(value, place);
}

/**
 * Checks a response, whether a rule contains it or a function returned it.
 *
 * @throws SandboxError `RESPONSES`
 */
export function checkResponse(response: Record<string, unknown>, place: string): void {
  RESPONSE(response, place);
}

const { object, array, record, anyText, text, number, choice } = createReader(wrong);

const path = text(/^\/(?:v3|brand)\//, '/v3/marketing/coupons');

const pattern: Read<string> = (given, place) => {
  const source = anyText(given, place);
  try {
    new RegExp(source);
    return source;
  } catch {
    throw wrong(place, TEXTS.pattern);
  }
};

const PATTERN = object<CallPattern>(
  {
    ...{ method: choice([...CALL_METHODS, 'ANY']), url: path, urlPath: path },
    ...{ urlPattern: pattern, urlPathPattern: pattern },
  },
  [],
);

const REQUEST: Read<CallPattern> = (given, place) => {
  const request = PATTERN(given, place);
  if (URL_KEYS.filter((key) => request[key] !== undefined).length === 1) return request;
  throw wrong(place, filled(TEXTS.oneUrl, { names: URL_KEYS.join(', ') }));
};

const header = (given: unknown, place: string, name: string): string => {
  if (SET_BY_SERVICE.test(name)) throw wrong(place, TEXTS.header);
  if (/^[!#$%&'*+.^_`|~\w-]+$/.test(name) && typeof given === 'string' && /^[\t\x20-\x7e]*$/.test(given))
    return given;
  throw wrong(place, TEXTS.headerText);
};

/** Headers that frame, sign or identify a response. */
const SET_BY_SERVICE =
  /^(?:wechatpay-.*|request-id|content-(?:length|type|language)|transfer-encoding|connection|cache-control|x-content-type-options)$/i;

const CONTENT = object<CallResponse>(
  {
    status: number({ least: 200, most: 599, whole: true }),
    jsonBody: (given) => given,
    body: anyText,
    headers: record(header),
  },
  [],
);

const RESPONSE: Read<CallResponse> = (given, place) => {
  const response = CONTENT(given, place);
  const { status, jsonBody, body } = response;
  if (body !== undefined && jsonBody !== undefined) throw wrong(place, TEXTS.oneBody);
  if (status === 204 && (body || jsonBody !== undefined)) throw wrong(place, TEXTS.noContent);
  return response;
};

const RULE = object<ResponseRule>(
  {
    name: anyText,
    request: REQUEST,
    // A function is judged by what it returns.
    response: (given, place) =>
      typeof given === 'function' ? (given as ResponseRule['response']) : RESPONSE(given, place),
  },
  ['request', 'response'],
);

const LIST = array(RULE);

const FILE = object<{ mappings: readonly ResponseRule[] }>({ mappings: LIST }, ['mappings']);

function wrong(place: string, what: Text): SandboxError {
  return new SandboxError(
    'RESPONSES',
    withReason(place === '' ? TEXTS.rule : filled(TEXTS.place, { place }), what),
  );
}

const TEXTS = {
  rule: { en: 'the response rule', 'zh-CN': '应答规则' },
  place: { en: 'responses: {place}', 'zh-CN': '应答规则：{place}' },
  oneUrl: { en: 'needs exactly one of {names}', 'zh-CN': '需要且只能有 {names} 中的一个' },
  pattern: { en: 'is not a regular expression', 'zh-CN': '不是有效的正则表达式' },
  oneBody: { en: 'takes jsonBody or body, not both', 'zh-CN': '不能同时使用 jsonBody 和 body' },
  noContent: { en: 'has the status 204, which has no body', 'zh-CN': '状态码为 204，不能有 body' },
  header: { en: 'is set by the service', 'zh-CN': '由服务设置，不能修改' },
  headerText: { en: 'must be a header name with a text of ASCII', 'zh-CN': '应为合法的头名称和 ASCII 文本' },
} as const satisfies Record<string, Text>;
