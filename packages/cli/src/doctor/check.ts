import type { Certificate, PrivateKey, PublicKey } from '@coupon-media/apiv3';
import type { MessageKey, Say } from '../messages/messages.js';
import type { Profile } from '../profile/profile.js';
import type { ProbeResponse } from './probe.js';

/** What a check came to. */
export interface CheckResult {
  readonly state: 'ok' | 'wrong' | 'skipped';
  /** What was found. */
  readonly text: string;
  /** What to do where it is wrong, or so that it can be checked. */
  readonly remedy?: string;
}

/** What is looked at, and what earlier checks found out for later ones. */
export interface CheckContext {
  readonly profile: Profile;
  readonly say: Say;
  readonly language: 'zh-CN' | 'en';
  /** Unix seconds. */
  now(): number;
  privateKey?: PrivateKey;
  certificate?: Certificate;
  publicKey?: PublicKey;
  platformCertificate?: Certificate;
  /** What hosts answered to a request that stores nothing, by origin. */
  readonly responses: Map<string, ProbeResponse>;
}

/** One thing that can be wrong. */
export interface Check {
  readonly name: string;
  readonly title: MessageKey;
  /** What stands for `{host}` in the title, where there is one. */
  readonly host?: string;
  /** Whether it is about configuration and keys, rather than about the world outside. */
  readonly isConfiguration: boolean;
  run(context: CheckContext): CheckResult | Promise<CheckResult>;
}

export const ok = (text: string): CheckResult => ({ state: 'ok', text });
export const wrong = (text: string, remedy: string): CheckResult => ({ state: 'wrong', text, remedy });
export const skipped = (text: string, remedy?: string): CheckResult => ({
  state: 'skipped',
  text,
  ...(remedy !== undefined && { remedy }),
});
