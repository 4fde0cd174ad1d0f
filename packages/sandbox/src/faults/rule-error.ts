import { filled, type Text, withReason } from '@coupon-media/apiv3';
import { SandboxError } from '../run/sandbox-error.js';

/** @returns an error that says where in a rule something is wrong */
export function ruleError(path: string, what: Text): SandboxError {
  return new SandboxError('FAULT_RULE', withReason(path === '' ? THE_RULE : path, what));
}

/** @returns an error that says why a rule could never be applied */
export function neverError(path: string, why: Text): SandboxError {
  const place = path === '' ? THE_RULE : { en: path, 'zh-CN': `${path} ` };
  return new SandboxError('FAULT_NEVER', filled(NEVER, { place, why }));
}

const NEVER = { en: '{place} can never be applied: {why}', 'zh-CN': '{place}永远不会生效：{why}' };
const THE_RULE = { en: 'the fault rule', 'zh-CN': '故障规则' };
