import type { Certificate, PrivateKey, PublicKey } from '@coupon-media/apiv3';
import type { MessageKey, Say } from '../messages/messages.js';
import type { Profile } from '../profile/profile.js';
import type { ProbeResponse } from './probe.js';

/** The result of a check. */
export interface CheckResult {
  /** `warning`: right now, and not for long. It does not change the exit code. */
  readonly state: 'ok' | 'warning' | 'wrong' | 'skipped';
  /** The finding. */
  readonly text: string;
  /** What to do to correct it, or to make the check possible. */
  readonly remedy?: string;
}

/** The input of the checks, and the results that later checks use. */
export interface CheckContext {
  readonly profile: Profile;
  readonly say: Say;
  readonly language: 'zh-CN' | 'en';
  /** Unix seconds. */
  now(): number;
  /** Whether an earlier check found something wrong. */
  hasFailed: boolean;
  privateKey?: PrivateKey;
  certificate?: Certificate;
  publicKey?: PublicKey;
  platformCertificate?: Certificate;
  /** The responses of the hosts to a request that stores nothing, by origin. */
  readonly responses: Map<string, ProbeResponse>;
}

/** One check of doctor. */
export interface Check {
  readonly name: string;
  readonly title: MessageKey;
  /** The value of `{host}` in the title, if it has one. */
  readonly host?: string;
  /** Whether it concerns configuration and keys, rather than network and clock. */
  readonly isConfiguration: boolean;
  run(context: CheckContext): CheckResult | Promise<CheckResult>;
}

export const ok = (text: string): CheckResult => ({ state: 'ok', text });
export const warning = (text: string, remedy: string): CheckResult => ({ state: 'warning', text, remedy });
export const wrong = (text: string, remedy: string): CheckResult => ({ state: 'wrong', text, remedy });
export const skipped = (text: string, remedy?: string): CheckResult => ({
  state: 'skipped',
  text,
  ...(remedy !== undefined && { remedy }),
});
