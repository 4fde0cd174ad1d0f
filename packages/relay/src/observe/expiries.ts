import { expiryStage, type Text } from '@coupon-media/apiv3';
import type { Expiry } from '@coupon-media/client';
import type { Alarms } from './alarms.js';

/** What ends, and whose it is. */
export interface Ending {
  readonly what: Expiry['what'] | 'token';
  readonly account: string;
  /** The public id of a token. */
  readonly token?: string;
  /** Unix seconds. */
  readonly notAfter: number;
}

/**
 * Looks at all that ends, once an hour. The alarm of each is on from 30 days ahead until it is renewed, and its line is in the log at 30, 7
 * and 1 days, and at a start; what has ended has an alarm of its own, with a line an hour.
 *
 * @param endings of the accounts' clients (`expiries()`) and of the tokens that are neither revoked nor ended long ago
 * @param clock Unix milliseconds
 */
export function watchExpiries(
  alarms: Pick<Alarms, 'raise' | 'settle'>,
  endings: () => readonly Ending[],
  clock: () => number,
): { check(): void; close(): void } {
  let raised = new Map<string, { readonly told: string; settle(): void }>();

  function check(): void {
    const before = raised;
    raised = new Map();
    for (const ending of nearest(endings())) {
      const stage = expiryStage(ending.notAfter, clock() / 1000);
      if (stage === undefined) continue;
      const { account, token } = ending;
      const subject = token ?? account;
      const code =
        token !== undefined ? 'TOKEN_EXPIRES' : stage === 'expired' ? 'KEY_EXPIRED' : 'KEY_EXPIRES';
      const key = `${code} ${subject}`;
      const day = new Date(ending.notAfter * 1000).toISOString().slice(0, 10);
      const told = `${stage} ${day}`;
      raised.set(key, { told, settle: () => alarms.settle(code, subject) });
      if (stage === 'expired' || before.get(key)?.told !== told)
        alarms.raise(code, subject, { account, day, detail: token ?? NAMES[ending.what] });
    }
    for (const [key, { settle }] of before) if (!raised.has(key)) settle();
  }

  check();
  const timer = setInterval(check, HOUR).unref();
  return { check, close: () => clearInterval(timer) };
}

/** Of several that an alarm would tell under one name, the one that ends first. */
function nearest(endings: readonly Ending[]): readonly Ending[] {
  const first = new Map<string, Ending>();
  for (const ending of endings.toSorted((a, b) => b.notAfter - a.notAfter))
    first.set(ending.token ?? `account ${ending.account}`, ending);
  return [...first.values()];
}

/** Milliseconds. */
const HOUR = 3_600_000;

const NAMES: Readonly<Record<Ending['what'], Text | string>> = {
  certificate: { 'zh-CN': '商户 API 证书', en: 'the API certificate' },
  platformCertificate: { 'zh-CN': '微信支付平台证书', en: 'the platform certificate' },
  token: '',
};
