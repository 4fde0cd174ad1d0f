import { both, withReason } from '@coupon-media/apiv3';
import { Problem } from '../problems/problem.js';

interface Issues {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}

/** @returns the problem of parameters that break their schema, with each of them */
export function invalidParameters({ issues }: Issues): Problem {
  const errors = issues.map(({ path, message }) => ({
    parameter: path.map(String).join('.'),
    detail: message,
  }));
  const first = errors
    .map(({ parameter, detail }) => (parameter ? `${parameter}: ${detail}` : detail))
    .join('; ');
  return new Problem('parameter-invalid', withReason(WRONG, both(first)), { more: { errors } });
}

const WRONG = { 'zh-CN': '参数不符合要求', en: 'A parameter is not acceptable' };
