/**
 * Tells whether a text is a key or a certificate, not the path of one: PEM, or base64 of PEM or DER, as secret managers and
 * environment variables carry it. It need not be complete.
 *
 * @example
 * ```ts
 * import { isKeyText } from '@coupon-media/apiv3';
 *
 * console.log(isKeyText('apiclient_key.pem')); // false
 * ```
 */
export function isKeyText(text: string): boolean {
  return text.includes('-----BEGIN') || decodedKey(text) !== undefined;
}

/** Decodes base64 of a key or a certificate to PEM text or DER bytes. */
export function decodedKey(text: string): { pem: string } | { der: Uint8Array } | undefined {
  const bare = text.replace(/\s|\\[rn]/g, '');
  if (bare.length < SHORTEST || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(bare)) return undefined;
  const bytes = Buffer.from(bare, 'base64');
  const pem = bytes.toString('latin1').trimStart();
  if (pem.startsWith('-----BEGIN')) return { pem };
  // Each of them is an ASN.1 SEQUENCE whose length takes two bytes.
  return bytes[0] === 0x30 && bytes[1] === 0x82 ? { der: bytes } : undefined;
}

/** Base64 with fewer characters is too short for any RSA key. */
const SHORTEST = 64;
