import { filled, nearestName, type Text } from '@coupon-media/apiv3';
import { SandboxError } from '../run/sandbox-error.js';
import { isObject } from './json-object.js';
import { CALL_METHODS, type ResponseRule, URL_KEYS } from './rule.js';

/**
 * Reads rules from JSON: one rule, a list, or an object with the list as `mappings`, as in WireMock's files.
 *
 * @throws SandboxError `RESPONSES` that names the place and what is expected there
 */
export function readRules(value: unknown): readonly ResponseRule[] {
  if (isObject(value) && 'mappings' in value) {
    checkKeys(value, ['mappings'], '');
    if (!Array.isArray(value.mappings)) throw wrong('mappings', TEXTS.list);
    return value.mappings.map((rule, at) => readRule(rule, `mappings[${at}]`));
  }
  if (Array.isArray(value)) return value.map((rule, at) => readRule(rule, `[${at}]`));
  return [readRule(value, '')];
}

/**
 * Checks a rule, whether it was written as JSON or in a test.
 *
 * @param place where it stands, for the message
 * @throws SandboxError `RESPONSES`
 */
export function readRule(value: unknown, place: string): ResponseRule {
  const rule = object(value, place);
  checkKeys(rule, ['name', 'request', 'response'], place);
  if (rule.name !== undefined && typeof rule.name !== 'string')
    throw wrong(inside(place, 'name'), TEXTS.text);
  checkRequest(object(rule.request, inside(place, 'request')), inside(place, 'request'));
  if (typeof rule.response !== 'function')
    checkResponse(object(rule.response, inside(place, 'response')), inside(place, 'response'));
  return value as ResponseRule;
}

function checkRequest(request: Record<string, unknown>, place: string): void {
  checkKeys(request, ['method', ...URL_KEYS], place);
  const { method = 'ANY' } = request;
  if (![...METHODS].some((known) => known === method))
    throw wrong(inside(place, 'method'), filled(TEXTS.oneOf, { names: METHODS.join(', ') }));
  const given = URL_KEYS.filter((key) => request[key] !== undefined);
  const [key] = given;
  if (key === undefined || given.length > 1)
    throw wrong(place, filled(TEXTS.oneUrl, { names: URL_KEYS.join(', ') }));
  const url = request[key];
  if (typeof url !== 'string') throw wrong(inside(place, key), TEXTS.text);
  if (key === 'urlPattern' || key === 'urlPathPattern') checkPattern(url, inside(place, key));
  else if (!/^\/(?:v3|brand)\//.test(url)) throw wrong(inside(place, key), TEXTS.path);
}

const METHODS = [...CALL_METHODS, 'ANY'];

function checkPattern(pattern: string, place: string): void {
  try {
    new RegExp(pattern);
  } catch {
    throw wrong(place, TEXTS.pattern);
  }
}

/**
 * Checks a response, whether a rule contains it or a function returned it.
 *
 * @throws SandboxError `RESPONSES`
 */
export function checkResponse(response: Record<string, unknown>, place: string): void {
  checkKeys(response, ['status', 'jsonBody', 'body', 'headers'], place);
  const { status, jsonBody, body, headers } = response;
  if (status !== undefined && !(Number.isInteger(status) && Number(status) >= 200 && Number(status) <= 599))
    throw wrong(inside(place, 'status'), TEXTS.status);
  if (body !== undefined && jsonBody !== undefined) throw wrong(place, TEXTS.oneBody);
  if (body !== undefined && typeof body !== 'string') throw wrong(inside(place, 'body'), TEXTS.text);
  if (status === 204 && (body || jsonBody !== undefined)) throw wrong(place, TEXTS.noContent);
  if (headers === undefined) return;
  for (const [name, text] of Object.entries(object(headers, inside(place, 'headers')))) {
    const here = inside(inside(place, 'headers'), name);
    if (SET_BY_SERVICE.test(name)) throw wrong(here, TEXTS.header);
    if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name) || typeof text !== 'string' || !/^[\t\x20-\x7e]*$/.test(text))
      throw wrong(here, TEXTS.headerText);
  }
}

/** Headers that frame, sign or identify a response. */
const SET_BY_SERVICE =
  /^(?:wechatpay-.*|request-id|content-(?:length|type|language)|transfer-encoding|connection|cache-control|x-content-type-options)$/i;

function checkKeys(value: Record<string, unknown>, known: readonly string[], place: string): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const near = nearestName(unknown, known);
  throw wrong(
    inside(place, shortened(unknown)),
    near === undefined
      ? filled(TEXTS.unknown, { names: known.join(', ') })
      : filled(TEXTS.unknownNear, { near }),
  );
}

function object(value: unknown, place: string): Record<string, unknown> {
  if (isObject(value)) return value;
  throw wrong(place, TEXTS.object);
}

function inside(place: string, key: string): string {
  return place === '' ? key : `${place}.${key}`;
}

/** No message quotes more than a line of what was given. */
function shortened(key: string): string {
  return key.length > 60 ? `${key.slice(0, 60)}…` : key;
}

function wrong(place: string, what: Text): SandboxError {
  const where = place === '' ? TEXTS.rule : { en: place, 'zh-CN': place };
  return new SandboxError('RESPONSES', filled(TEXTS.wrong, { where, what }));
}

const TEXTS = {
  wrong: { en: 'responses: {where} {what}', 'zh-CN': '应答规则：{where} {what}' },
  rule: { en: 'the rule', 'zh-CN': '规则' },
  object: { en: 'must be an object', 'zh-CN': '应为对象' },
  list: { en: 'must be a list of rules', 'zh-CN': '应为规则列表' },
  text: { en: 'must be a text', 'zh-CN': '应为字符串' },
  oneOf: { en: 'must be one of {names}', 'zh-CN': '应为 {names} 之一' },
  oneUrl: { en: 'needs exactly one of {names}', 'zh-CN': '需要且只能有 {names} 中的一个' },
  path: { en: 'must begin with /v3/ or /brand/', 'zh-CN': '应以 /v3/ 或 /brand/ 开头' },
  pattern: { en: 'is not a regular expression', 'zh-CN': '不是有效的正则表达式' },
  status: { en: 'must be a number from 200 to 599', 'zh-CN': '应为 200 到 599 之间的数字' },
  oneBody: { en: 'takes jsonBody or body, not both', 'zh-CN': '不能同时使用 jsonBody 和 body' },
  noContent: { en: 'has the status 204, which has no body', 'zh-CN': '状态码为 204，不能有 body' },
  header: { en: 'is set by the service', 'zh-CN': '由服务设置，不能修改' },
  headerText: { en: 'must be a header name with a text of ASCII', 'zh-CN': '应为合法的头名称和 ASCII 文本' },
  unknown: { en: 'is not known; there are {names}', 'zh-CN': '无法识别；可用的有 {names}' },
  unknownNear: { en: 'is not known; did you mean {near}?', 'zh-CN': '无法识别；是否想写 {near}？' },
} as const satisfies Record<string, Text>;
