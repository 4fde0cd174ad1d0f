import { type RefusalName, refusals, unsignedRefusals, uploadEndpoints } from '@coupon-media/apiv3';
import { createReader, type Read } from '../run/reader.js';
import { type DelayDistribution, LONGEST_DELAY } from './delay.js';
import type { FaultResponse, FaultRule, OverQuota, RequestPattern } from './rule.js';
import { neverError, ruleError } from './rule-error.js';
import { FAULT_NAMES, faultRow } from './table.js';

/**
 * Reads a rule, from a program or a file.
 *
 * @param path where it stands, for errors: `rules[0]`, or ''
 * @param now Unix milliseconds
 * @throws SandboxError `FAULT_RULE` with the path of what is wrong, `FAULT_NEVER` if the rule could never be applied
 */
export function readFaultRule(given: unknown, path: string, now: number): FaultRule {
  const rule = RULE(given, path);
  const reason = NEVER.find(({ when }) => when(rule, now));
  if (reason) throw neverError(path, reason.why);
  return rule;
}

/** Reads the content of a rule file: `{"rules": […]}`, or one rule. */
export function readFaultRules(given: unknown, now: number): readonly FaultRule[] {
  if (typeof given !== 'object' || given === null || !('rules' in given))
    return [readFaultRule(given, '', now)];
  const { rules } = FILE(given, '');
  return rules.map((rule, at) => readFaultRule(rule, `rules[${at}]`, now));
}

const { array, choice, number, object, oneOf, text, variant } = createReader(ruleError);

const MOST = Number.MAX_SAFE_INTEGER;
const count = number({ least: 1, most: MOST, whole: true });
const milliseconds = number({ least: 0, most: LONGEST_DELAY });

const QUOTA: Read<OverQuota> = object(
  { perSecond: number({ least: 0.001, most: 1_000_000 }), sharedBy: choice(['merchant', 'brands', 'all']) },
  ['perSecond'],
);

const REQUEST: Read<RequestPattern> = object(
  {
    endpoint: choice([...uploadEndpoints.map(({ name }) => name), 'certificates']),
    urlPath: text(/^\/[^?#\s]*$/, '/v3/certificates'),
    merchant: text(/^[0-9A-Za-z]{1,32}$/, '1900000001'),
    host: choice(['main', 'backup']),
    filename: text(/^.+$/s, 'coupon.png'),
    nth: oneOf(count, array(count)),
    from: count,
    probability: number({ least: Number.MIN_VALUE, most: 1 }),
    seed: text(/^.+$/s, 'a'),
    overQuota: QUOTA,
  },
  [],
);

const DISTRIBUTION: Read<DelayDistribution> = variant<DelayDistribution>('type', {
  fixed: object({ type: choice(['fixed']), milliseconds }, ['type', 'milliseconds']),
  uniform: object({ type: choice(['uniform']), lower: milliseconds, upper: milliseconds }, [
    'type',
    'lower',
    'upper',
  ]),
  lognormal: object(
    {
      type: choice(['lognormal']),
      median: number({ least: 0.001, most: LONGEST_DELAY }),
      sigma: number({ least: 0, most: 10 }),
      maxValue: milliseconds,
    },
    ['type', 'median', 'sigma'],
  ),
});

const RESPONSE: Read<FaultResponse> = object(
  {
    refusal: choice(Object.keys(refusals) as RefusalName[]),
    retryAfter: number({ least: 0, most: 86_400, whole: true }),
    language: choice(['zh-CN', 'en']),
    fault: choice(FAULT_NAMES),
    fixedDelayMilliseconds: milliseconds,
    delayDistribution: DISTRIBUTION,
    chunkedDribbleDelay: object(
      { numberOfChunks: number({ least: 1, most: 10_000, whole: true }), totalDuration: milliseconds },
      ['numberOfChunks', 'totalDuration'],
    ),
  },
  [],
);

const RULE: Read<FaultRule> = object(
  {
    name: text(/^.+$/s, 'burst'),
    priority: number({ least: 1, most: MOST, whole: true }),
    request: REQUEST,
    response: RESPONSE,
    count,
    until: text(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/, '2030-01-01T00:00:00Z'),
  },
  ['response'],
);

const FILE: Read<{ readonly rules: readonly unknown[] }> = object({ rules: array((given) => given) }, [
  'rules',
]);

interface Never {
  when(rule: FaultRule, now: number): boolean;
  readonly why: { readonly en: string; readonly 'zh-CN': string };
}

/** What makes a rule one that can never be applied, or that would do nothing. */
const NEVER: readonly Never[] = [
  {
    when: ({ response }) => Object.keys(response).every((key) => key === 'retryAfter' || key === 'language'),
    why: {
      en: 'response says nothing that happens: give refusal, fault or a delay',
      'zh-CN': 'response 没有说明发生什么：请给出 refusal、fault 或延迟',
    },
  },
  {
    when: ({ until }, now) => until !== undefined && !(Date.parse(until) > now),
    why: {
      en: 'until is past by the clock of the sandbox',
      'zh-CN': '按沙箱时钟，until 已经过去',
    },
  },
  {
    when: ({ request: { nth = Number.POSITIVE_INFINITY } = {} }) => [nth].flat().length === 0,
    why: { en: 'nth is empty', 'zh-CN': 'nth 为空' },
  },
  {
    when: ({ request: { nth, from = 1 } = {} }) =>
      nth !== undefined && [nth].flat().every((one) => one < from),
    why: {
      en: 'every nth is before from',
      'zh-CN': 'nth 都小于 from',
    },
  },
  {
    when: ({ request: { endpoint, urlPath } = {} }) =>
      endpoint !== undefined &&
      urlPath !== undefined &&
      urlPath !== (uploadEndpoints.find(({ name }) => name === endpoint)?.path ?? '/v3/certificates'),
    why: {
      en: 'endpoint has another path than urlPath',
      'zh-CN': 'endpoint 的路径与 urlPath 不同',
    },
  },
  {
    when: ({ request: { endpoint, filename } = {} }) => filename !== undefined && endpoint === 'certificates',
    why: {
      en: 'certificates are fetched without a filename',
      'zh-CN': '下载证书的请求没有文件名',
    },
  },
  {
    when: ({ request: { filename } = {}, response: { fault } }) =>
      filename !== undefined && fault !== undefined && BEFORE_FILENAME.has(faultRow(fault).stage),
    why: {
      en: 'this fault acts before the filename is known',
      'zh-CN': '该故障发生时还不知道文件名',
    },
  },
  {
    when: ({ request = {}, count, response: { fault } }) =>
      fault !== undefined &&
      faultRow(fault).stage === 'listening' &&
      (count !== undefined || Object.keys(request).some((key) => key !== 'host')),
    why: {
      en: 'no request arrives at a host that refuses connections: give host and until alone',
      'zh-CN': '拒绝连接的主机收不到请求：只能给出 host 和 until',
    },
  },
  {
    when: ({ response: { refusal, fault } }) =>
      refusal !== undefined && fault !== undefined && !HAS_REFUSAL.has(faultRow(fault).stage),
    why: {
      en: 'with this fault no refusal is written',
      'zh-CN': '该故障下不会返回 refusal',
    },
  },
  {
    when: ({ response: { refusal, fault } }) =>
      refusal !== undefined &&
      fault !== undefined &&
      faultRow(fault).stage === 'signed' &&
      unsignedRefusals.has(refusal),
    why: {
      en: 'this refusal is not signed, so there is no signature to change',
      'zh-CN': '该错误应答没有签名，无从改动签名',
    },
  },
  {
    when: ({ response: { chunkedDribbleDelay, fault } }) =>
      chunkedDribbleDelay !== undefined && fault !== undefined && !HAS_BODY.has(faultRow(fault).stage),
    why: {
      en: 'with this fault no body is written that could drip',
      'zh-CN': '该故障下没有可以分块写出的应答体',
    },
  },
  {
    when: ({ response: { fixedDelayMilliseconds, delayDistribution, fault } }) =>
      (fixedDelayMilliseconds !== undefined || delayDistribution !== undefined) &&
      fault !== undefined &&
      BEFORE_FILENAME.has(faultRow(fault).stage),
    why: {
      en: 'this fault acts before there is a response to delay',
      'zh-CN': '该故障发生时还没有可以延迟的应答',
    },
  },
  {
    when: ({ response: { delayDistribution } }) =>
      delayDistribution?.type === 'uniform' && delayDistribution.lower > delayDistribution.upper,
    why: { en: 'lower is above upper', 'zh-CN': 'lower 大于 upper' },
  },
];

const BEFORE_FILENAME: ReadonlySet<string> = new Set(['head', 'listening']);
const HAS_REFUSAL: ReadonlySet<string> = new Set(['signed', 'writing']);
const HAS_BODY: ReadonlySet<string> = new Set(['signed', 'response']);
