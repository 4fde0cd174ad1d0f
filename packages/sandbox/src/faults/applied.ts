import { filled, type Text } from '@coupon-media/apiv3';
import type { Trace } from '@coupon-media/server';
import type { FaultResponse } from './rule.js';
import { faultRow } from './table.js';

/** A rule that was applied to a request. */
export interface AppliedFault {
  /** The name of the rule, or the filename that asked for the fault. */
  readonly rule: string;
  /** What happened to the request. */
  readonly response: FaultResponse;
}

const applied = new WeakMap<Trace, AppliedFault>();

/** Writes down that a rule was applied, for the journal. */
export function noteFault(trace: Trace, fault: AppliedFault): void {
  applied.set(trace, fault);
}

/** @returns the rule that was applied to a request */
export function faultOf(trace: Trace): AppliedFault | undefined {
  return applied.get(trace);
}

/** Says in a sentence which rule was applied. */
export function faultText({ rule, response }: AppliedFault): Text {
  const { refusal, fault } = response;
  if (fault !== undefined) return filled(TEXTS.fault, { rule, fault, what: faultRow(fault).text });
  return filled(refusal === undefined ? TEXTS.delay : TEXTS.refusal, { rule, refusal: refusal ?? '' });
}

const TEXTS = {
  fault: {
    en: 'Nothing is wrong with the request: the fault rule "{rule}" was applied ({fault}: {what})',
    'zh-CN': '请求没有问题：按故障规则“{rule}”处理（{fault}：{what}）',
  },
  refusal: {
    en: 'Nothing is wrong with the request: the fault rule "{rule}" was applied (refusal {refusal})',
    'zh-CN': '请求没有问题：按故障规则“{rule}”处理（返回错误 {refusal}）',
  },
  delay: {
    en: 'Nothing is wrong with the request: the fault rule "{rule}" delayed the response',
    'zh-CN': '请求没有问题：故障规则“{rule}”延迟了应答',
  },
} as const satisfies Record<string, Text>;
