import type { RecoveredSignature } from '../signature.js';
import { type Evidence, type Facts, gather, receivedLength } from './evidence.js';
import { type Finding, finding } from './findings.js';
import { clockFindings, headerFindings } from './header.js';
import { judgeKeys } from './key-pair.js';
import { latin1 } from './latin1.js';
import { refusedOtherwise } from './refused.js';
import { compareSigned, searchSigned } from './signed.js';

/**
 * Says which mistake made a request fail with SIGN_ERROR.
 *
 * A signature tells more than right or wrong: opened with the public key, it gives the digest of the signed string. So explain
 * makes each common mistake on purpose and compares the digest of the resulting string. A match is certain; a finding that only
 * remains because nothing matched is not.
 *
 * @param evidence all that the caller has; with more evidence, more findings are certain
 * @returns findings in the order in which a service checks (contract 5.2); empty if the evidence is too small
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { loadCertificate } from '@coupon-media/apiv3';
 * import { explain } from '@coupon-media/apiv3/explain';
 *
 * const findings = explain({
 *   method: 'POST',
 *   url: '/v3/marketing/partner/product-coupon/media/upload-image',
 *   authorization: 'WECHATPAY2-SHA256-RSA2048 mchid="1900000001",nonce_str="…",signature="…",timestamp="…",serial_no="…"',
 *   meta: '{"filename":"a.png","sha256":"…"}',
 *   certificate: loadCertificate(readFileSync('apiclient_cert.pem', 'utf8')),
 * });
 * for (const { message, remedy } of findings) console.log(message.en, remedy.en);
 * ```
 */
export function explain(evidence: Evidence): Finding[] {
  const shorter = withoutLastLineFeed(evidence);
  if (!shorter) return explained(evidence);
  const findings = explained(shorter);
  if (isRight(findings)) return findings;
  const asGiven = explained(evidence);
  return isRight(asGiven) ? asGiven : findings;
}

/**
 * Leaves out the line feed that editors and shells add to the end of a file, unless the service says that it received it.
 *
 * @returns undefined if there is none
 */
function withoutLastLineFeed(evidence: Evidence): Evidence | undefined {
  const { meta, signInformation } = evidence;
  if (meta === undefined) return undefined;
  const text = latin1(meta);
  if (!text.endsWith('\n') || receivedLength(signInformation) === text.length) return undefined;
  return { ...evidence, meta: Buffer.from(text.replace(/\r?\n$/, ''), 'latin1') };
}

function isRight(findings: readonly Finding[]): boolean {
  return findings.every(({ mistake }) => mistake === 'signatureRight');
}

function explained(evidence: Evidence): Finding[] {
  const facts = gather(evidence);
  const { findings: keyFindings, recovered } = judgeKeys(evidence, facts);
  const findings = [
    ...headerFindings(evidence, facts),
    ...clockFindings(evidence, facts),
    ...keyFindings,
    ...facts.findings,
    ...stringFindings(evidence.signedMessage, recovered, facts),
  ];
  const mistakes = findings.filter(({ mistake }) => mistake !== 'signatureRight');
  if (mistakes.length > 0) return withoutDuplicates(mistakes);
  const otherwise =
    findings.length > 0 ? (keyNotOfSerial(evidence, facts) ?? refusedOtherwise(facts)) : undefined;
  return otherwise ? [otherwise] : withoutDuplicates(findings);
}

/**
 * The service found the certificate by its serial, and verified this very string with it. If the signature of the caller's own key
 * over this string is right, the key is not the one of that certificate.
 */
function keyNotOfSerial(
  { certificate, signInformation }: Evidence,
  { authorization }: Facts,
): Finding | undefined {
  const serial = authorization?.fields.get('serial_no');
  if (certificate || receivedLength(signInformation) === undefined || serial === undefined) return undefined;
  return finding('keyNotOfSerial', true, { serial });
}

function stringFindings(
  signedMessage: Evidence['signedMessage'],
  recovered: RecoveredSignature | undefined,
  facts: Facts,
): Finding[] {
  // The string of a log is worth more than a search, unless the signature shows that it belongs to another request.
  const logged = signedMessage === undefined ? undefined : Buffer.from(signedMessage);
  if (logged && (!recovered || recovered.covers(logged))) return compareSigned(logged, facts, recovered);
  return recovered ? searchSigned(recovered, facts) : [];
}

function withoutDuplicates(findings: Finding[]): Finding[] {
  const first = new Map(findings.map((found) => [found.mistake, found] as const).reverse());
  return findings.filter((found) => first.get(found.mistake) === found);
}
