import { expiryStage } from '@coupon-media/apiv3';
import { createClient } from '@coupon-media/client';
import { fromProfile } from '../profile/identity.js';
import { type Check, type CheckContext, type CheckResult, ok, skipped, warning, wrong } from './check.js';

/** What of a profile ends first, and when. It warns 30, 7 and 1 days ahead, as the alarms of the service do. */
export const expiryCheck: Check = {
  name: 'expiry',
  title: 'doctor.expiry',
  isConfiguration: true,
  run: checkExpiry,
};

async function checkExpiry(context: CheckContext): Promise<CheckResult> {
  const { profile, say, now, hasFailed } = context;
  if (hasFailed) return skipped(say('doctor.client.after'));
  const client = fromProfile(profile, createClient);
  const [first] = client.expiries().toSorted((a, b) => a.notAfter - b.notAfter);
  await client.close();
  if (!first) return skipped(say('doctor.expiry.none'), say('doctor.expiry.none.remedy'));
  const { what, notAfter } = first;
  const values = { what: say(TITLES[what]), to: new Date(notAfter * 1000).toISOString().slice(0, 10) };
  const stage = expiryStage(notAfter, now());
  if (stage === 'expired') return wrong(say('doctor.expiry.expired', values), say(REMEDIES[what]));
  const text = say('doctor.expiry.until', { ...values, n: Math.floor((notAfter - now()) / DAY) });
  return stage === undefined ? ok(text) : warning(text, say(REMEDIES[what]));
}

const TITLES = {
  certificate: 'doctor.certificate',
  platformCertificate: 'doctor.expiry.platform',
} as const;
const REMEDIES = {
  certificate: 'doctor.expiry.own.remedy',
  platformCertificate: 'doctor.expiry.platform.remedy',
} as const;

/** Seconds. */
const DAY = 86_400;
