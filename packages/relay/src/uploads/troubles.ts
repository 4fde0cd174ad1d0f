import { both, errorText } from '@coupon-media/apiv3';
import type { AlarmCode } from '../observe/alarm-table.js';
import type { Alarms } from '../observe/alarms.js';
import type { Trouble, TroubleKind, UpstreamResult } from '../upstream/result.js';

/** The alarms of an account, by what upstream answers. */
export interface Troubles {
  raise(account: string, trouble: Trouble & Pick<UpstreamResult, 'host'>): void;
  refused(account: string, refusal: { readonly status: number; readonly code: string }): void;
  /** An upload was published: whatever there was is over. */
  settle(account: string): void;
}

const CODES: Readonly<Record<TroubleKind, AlarmCode>> = {
  refusesUs: 'UPSTREAM_SIGN_ERROR',
  forged: 'UPSTREAM_FORGED',
  unusable: 'UPSTREAM_ANSWER',
  away: 'UPSTREAM_UNREACHABLE',
  signer: 'SIGNER_FAILED',
  image: 'IMAGE_LOST',
};

export function createTroubles(alarms: Alarms): Troubles {
  const settled: readonly AlarmCode[] = [
    ...Object.values(CODES).filter((code) => code !== 'IMAGE_LOST'),
    'UPSTREAM_FORBIDDEN',
  ];
  return {
    raise(account, { kind, code, host = 'upstream', cause }) {
      const detail = cause === undefined ? both(code) : errorText(cause);
      alarms.raise(CODES[kind], account, { account, host, detail });
    },
    refused(account, { status, code }) {
      if (status === 403) alarms.raise('UPSTREAM_FORBIDDEN', account, { account, detail: code });
    },
    settle(account) {
      for (const code of settled) alarms.settle(code, account);
    },
  };
}
