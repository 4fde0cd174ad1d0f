import { authorizationFieldForms, parseAuthorization, schemes } from '../authorization.js';
import { type Certificate, canonicalKeyId } from '../keys.js';
import { isRequestTimely } from '../request.js';
import type { Evidence, Facts, LooseAuthorization } from './evidence.js';
import { type Finding, finding } from './findings.js';

/** What is wrong with the Authorization header, before anything is verified (contract 5.2). */
export function headerFindings(evidence: Evidence, { authorization, scheme }: Facts): Finding[] {
  if (evidence.authorization === '') return [finding('authorizationMissing', true)];
  if (evidence.authorization === undefined || !authorization) return [];
  const findings = [
    schemeFinding(authorization, scheme),
    serialFinding(authorization.fields.get('serial_no'), evidence),
    ownerFinding(authorization.fields.get('mchid'), evidence),
    timestampFinding(authorization.fields.get('timestamp')),
  ].filter((found) => found !== undefined);
  const malformed = parseAuthorization(evidence.authorization) === 'authorizationMalformed';
  return malformed && findings.length === 0 ? [malformedFinding(evidence.authorization)] : findings;
}

/** @returns whether the platform's certificate was given in place of the merchant's */
export function isPlatformCertificate({ certificate, platformCertificate }: Evidence): boolean {
  if (!certificate) return false;
  // The live platform's certificates have this common name; a merchant's has the mchid.
  return (
    /^Tenpay\.com sign/.test(certificate.commonName ?? '') ||
    platformCertificate?.serialNo === certificate.serialNo
  );
}

function schemeFinding({ type, fields }: LooseAuthorization, scheme: Facts['scheme']): Finding | undefined {
  const wanted = schemes[scheme ?? (type === schemes.brand.type ? 'brand' : 'merchant')];
  if (type === wanted.type && fields.has(wanted.idField)) return undefined;
  return finding('schemeMixed', true, { expected: `${wanted.type} ${wanted.idField}="…"` });
}

function serialFinding(given: string | undefined, evidence: Evidence): Finding | undefined {
  if (!given) return undefined;
  const { certificate, platformCertificate } = evidence;
  if (
    given.startsWith('PUB_KEY_ID_') ||
    isSerialOf(platformCertificate, given) ||
    isPlatformCertificate(evidence)
  ) {
    return finding('platformCertificate', true);
  }
  if (isSerialOf(certificate, given)) return undefined;
  if (/^\d{9,}$/.test(given)) {
    const decimal = decimalFinding(given, certificate);
    if (decimal) return decimal;
  }
  if (!certificate) return undefined;
  return finding('serialOfAnotherCertificate', true, { given, expected: certificate.serialNo });
}

function isSerialOf(certificate: Certificate | undefined, given: string): boolean {
  return certificate !== undefined && canonicalKeyId(certificate.serialNo) === canonicalKeyId(given);
}

function decimalFinding(given: string, certificate: Certificate | undefined): Finding | undefined {
  const hex = BigInt(given).toString(16).toUpperCase();
  if (certificate) {
    const same = BigInt(`0x${certificate.serialNo}`) === BigInt(given);
    return same ? finding('serialDecimal', true, { expected: certificate.serialNo }) : undefined;
  }
  // A serial of 40 hex digits has about 48 decimal digits. 30 hex digits that are all below ten hardly ever occur.
  if (given.length < 30) return undefined;
  return finding('serialDecimal', given.length > 40, { expected: hex });
}

function ownerFinding(mchid: string | undefined, evidence: Evidence): Finding | undefined {
  const owner = evidence.certificate?.commonName ?? '';
  if (!mchid || owner === mchid || !/^\d{8,10}$/.test(owner)) return undefined;
  return finding('certificateOfAnotherMerchant', false, { owner, id: mchid });
}

function timestampFinding(timestamp: string | undefined): Finding | undefined {
  return timestamp && /^\d{13}$/.test(timestamp) ? finding('timestampInMilliseconds', true) : undefined;
}

function malformedFinding(header: string): Finding {
  const found = [...header.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => ({
    name,
    value,
  }));
  const wrong = REQUIRED_FIELDS.filter((name) => {
    const [first, ...more] = found.filter((field) => field.name === name);
    return !first || more.length > 0 || !authorizationFieldForms.get(name)?.test(first.value);
  });
  const unknown = found.map(({ name }) => name).filter((name) => !authorizationFieldForms.has(name));
  const fields = [...wrong, ...unknown];
  return finding('authorizationMalformed', true, { fields: fields.join(', ') || '","' });
}

const REQUIRED_FIELDS = ['nonce_str', 'signature', 'timestamp', 'serial_no'];

/** Checks whether the timestamp is too far from the clock (contract 2.6). The caller's own clock proves nothing. */
export function clockFindings({ now, serverNow }: Evidence, { lines }: Facts): Finding[] {
  const { timestamp = '' } = lines;
  const clock = serverNow ?? now;
  if (clock === undefined || !/^\d{10}$/.test(timestamp) || isRequestTimely(timestamp, clock)) return [];
  const seconds = Math.round(Number(timestamp) - clock);
  return [finding('clockOff', serverNow !== undefined, { seconds })];
}
