import { isKeyPair, publicKeyOf } from '../keys.js';
import { type RecoveredSignature, recoverSignature } from '../signature.js';
import type { Evidence, Facts } from './evidence.js';
import { type Finding, finding } from './findings.js';
import { isPlatformCertificate } from './header.js';

/** The result for the keys: which key made the signature, and the signature opened with it. */
export interface KeyJudgement {
  findings: Finding[];
  recovered: RecoveredSignature | undefined;
}

/** Finds out whether the key of the certificate or the caller's key made the signature. */
export function judgeKeys(evidence: Evidence, { authorization }: Facts): KeyJudgement {
  const { privateKey } = evidence;
  // A platform certificate in the merchant's place is a finding of its own, so its key is not tried.
  const certificate = isPlatformCertificate(evidence) ? undefined : evidence.certificate;
  const signature = authorization?.fields.get('signature');
  const mismatch = certificate && privateKey && !isKeyPair(privateKey, certificate.publicKey);
  const notOfCertificate = mismatch
    ? [finding('keyNotOfCertificate', true, { serial: certificate.serialNo })]
    : [];
  if (!signature) return { findings: notOfCertificate, recovered: undefined };

  const byCertificate = certificate && recoverSignature(signature, certificate.publicKey);
  const byOwnKey = privateKey && recoverSignature(signature, publicKeyOf(privateKey));
  // One signature in 256 looks like PSS to a key that did not make it, so a PKCS#1 v1.5 match by the other key wins.
  const doubtful = !byCertificate || (byCertificate.algorithm === 'pss' && byOwnKey?.algorithm !== 'pss');
  if (byOwnKey && doubtful) return { findings: notOfCertificate, recovered: byOwnKey };
  if (byCertificate) return { findings: [], recovered: byCertificate };
  const wrong = certificate || privateKey ? [finding('keyWrong', true)] : [];
  return { findings: wrong, recovered: undefined };
}
