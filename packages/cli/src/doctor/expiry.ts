import { expiryStage, isKeyText, loadCertificate } from '@coupon-media/apiv3';
import type { NextCertificate } from '@coupon-media/client';
import { readKeyFile } from '../files/key-file.js';
import { type Check, type CheckContext, type CheckResult, ok, skipped, warning, wrong } from './check.js';

/** What of a profile ends first, and when. It warns 30, 7 and 1 days ahead, as the alarms of the service do. */
export const expiryCheck: Check = {
  name: 'expiry',
  title: 'doctor.expiry',
  isConfiguration: true,
  run: checkExpiry,
};

function checkExpiry(context: CheckContext): CheckResult {
  const { certificate, platformCertificate, profile, say, now } = context;
  const ends = [
    ...(certificate ? [['own', endOfOwn(certificate.notAfter, profile.nextCertificates)] as const] : []),
    ...(platformCertificate ? [['platform', platformCertificate.notAfter] as const] : []),
  ].sort(([, a], [, b]) => a - b);
  const [first] = ends;
  if (!first) return skipped(say('doctor.expiry.none'), say('doctor.expiry.none.remedy'));
  const [what, end] = first;
  const values = { what: say(TITLES[what]), to: new Date(end * 1000).toISOString().slice(0, 10) };
  const stage = expiryStage(end, now());
  if (stage === 'expired') return wrong(say('doctor.expiry.expired', values), say(REMEDIES[what]));
  const text = say('doctor.expiry.until', { ...values, n: Math.floor((end - now()) / DAY) });
  return stage === undefined ? ok(text) : warning(text, say(REMEDIES[what]));
}

const TITLES = { own: 'doctor.certificate', platform: 'doctor.expiry.platform' } as const;
const REMEDIES = { own: 'doctor.expiry.own.remedy', platform: 'doctor.expiry.platform.remedy' } as const;

/** Seconds. */
const DAY = 86_400;

/** When the last of the certificates ends that follow one another without a gap. */
function endOfOwn(notAfter: number, nextCertificates: readonly NextCertificate[]): number {
  const starts = nextCertificates.map((next) => [Date.parse(String(next.from)) / 1000, next] as const);
  return starts
    .sort(([a], [b]) => a - b)
    .reduce((end, [from, next]) => (from <= end ? (endOf(next) ?? end) : end), notAfter);
}

/** @returns undefined if the certificate is not given, or cannot be read, which the client's own check reports */
function endOf({ certificate }: NextCertificate): number | undefined {
  if (typeof certificate !== 'string') return undefined;
  try {
    const text = isKeyText(certificate) ? certificate : readKeyFile(certificate, 'nextCertificates');
    return loadCertificate(text).notAfter;
  } catch {
    return undefined;
  }
}
