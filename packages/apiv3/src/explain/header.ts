import { authorizationFieldForms, parseAuthorization, schemes } from '../authorization.js';
import { type Certificate, canonicalKeyId } from '../keys.js';
import { isRequestTimely } from '../request.js';
import { both, filled, type Text } from '../text.js';
import type { Evidence, Facts, LooseAuthorization } from './evidence.js';
import { type Finding, finding } from './findings.js';

/** What is wrong with the Authorization header, before anything is verified (contract 5.2). */
export function headerFindings(evidence: Evidence, facts: Facts): Finding[] {
  return [...missingFindings(facts), ...authorizationFindings(evidence, facts)];
}

/** Headers whose presence is asked for first (contract 5.2). */
function missingFindings({ header, scheme, isUpload }: Facts): Finding[] {
  if (!header || !isUpload) return [];
  const wanted = ['Accept', 'User-Agent', ...(scheme === 'brand' ? ['Wechatpay-Serial'] : [])];
  const missing = wanted.filter((name) => !header(name));
  return missing.length > 0 ? [finding('headersMissing', true, { names: missing.join(', ') })] : [];
}

function authorizationFindings(evidence: Evidence, facts: Facts): Finding[] {
  const { authorization, scheme, sentAuthorization } = facts;
  if (sentAuthorization === '') return [finding('authorizationMissing', true)];
  if (sentAuthorization === undefined || !authorization) return [];
  const findings = [
    schemeFinding(authorization, scheme),
    serialFinding(authorization.fields.get('serial_no'), evidence),
    ownerFinding(authorization.fields.get('mchid'), evidence),
    timestampFinding(authorization.fields.get('timestamp')),
  ].filter((found) => found !== undefined);
  const malformed = parseAuthorization(sentAuthorization) === 'authorizationMalformed';
  return malformed && findings.length === 0 ? [malformedFinding(sentAuthorization)] : findings;
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
  const fields = [...wrong.map((name) => withCharacter(name, found)), ...unknown.map(both)];
  return finding('authorizationMalformed', true, { fields: listed(fields) });
}

/** Names the character that a field must not have: the `-` of a UUID in a nonce (contract 2.5), a line feed in a signature. */
function withCharacter(name: string, found: readonly { name: string; value: string }[]): Text {
  const value = found.find((field) => field.name === name)?.value ?? '';
  const [character] = value.match(NOT_ALLOWED[name] ?? /(?!)/u) ?? [];
  return character === undefined
    ? both(name)
    : filled(CHARACTER, { name, character: JSON.stringify(character) });
}

const CHARACTER: Text = {
  'zh-CN': '{name}（含有字符 {character}）',
  en: '{name} (with the character {character})',
};

/** The first character of a value that its field must not have (contract 2.5). */
const NOT_ALLOWED: Readonly<Record<string, RegExp>> = {
  nonce_str: /[^0-9A-Za-z]/u,
  signature: /[^A-Za-z0-9+/=]/u,
  timestamp: /[^0-9]/u,
  serial_no: /[^0-9A-Za-z]/u,
};

function listed(fields: readonly Text[]): Text {
  return {
    'zh-CN': fields.map((field) => field['zh-CN']).join('、') || '","',
    en: fields.map(({ en }) => en).join(', ') || '","',
  };
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
