import { type Evidence, gather } from './evidence.js';
import { judgeKeys } from './key-pair.js';
import { findSigned } from './signed.js';

/** What a signature was made over, as bytes. */
export interface SignedLines {
  /** Method, path and query, timestamp, nonce and body, as the signer had them. Of an upload the body is meta. */
  readonly lines: readonly Buffer[];
  /** The whole string that was signed; it differs from the five lines with a line feed each if they were joined wrongly. */
  readonly message: Buffer;
}

/**
 * Works out what was signed. A signature holds only the digest of it, so this makes each mistake that `explain` knows and compares. It
 * takes as long as `explain`.
 *
 * @param evidence the signature needs its key: `certificate` or `privateKey`
 * @returns undefined if none of them gives the string, or no key of the evidence made the signature
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { loadCertificate } from '@coupon-media/apiv3';
 * import { recoverSignedLines } from '@coupon-media/apiv3/explain';
 *
 * const signed = recoverSignedLines({
 *   method: 'POST',
 *   url: '/v3/marketing/partner/product-coupon/media/upload-image',
 *   authorization: 'WECHATPAY2-SHA256-RSA2048 mchid="1900000001",nonce_str="…",signature="…",timestamp="…",serial_no="…"',
 *   meta: '{"filename":"a.png","sha256":"…"}',
 *   certificate: loadCertificate(readFileSync('apiclient_cert.pem', 'utf8')),
 * });
 * for (const line of signed?.lines ?? []) console.log(line.toString());
 * ```
 */
export function recoverSignedLines(evidence: Evidence): SignedLines | undefined {
  const facts = gather(evidence);
  const { recovered } = judgeKeys(evidence, facts);
  const found = recovered && findSigned(recovered, facts);
  return (
    found && { lines: found.lines.map(({ text }) => Buffer.from(text, 'latin1')), message: found.message }
  );
}
