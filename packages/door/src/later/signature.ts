import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  sign,
} from 'node:crypto';
import type { Database } from '@coupon-media/server/engine';

/**
 * Signs callbacks by HTTP Message Signatures (RFC 9421) with Ed25519: whoever receives them needs a public key and no secret, and the
 * covered parts are those of the standard, for which libraries exist.
 */
export interface CallbackSigner {
  /** The header fields `Content-Digest`, `Signature-Input` and `Signature`. */
  sign(url: URL, body: Buffer): Record<string, string>;
  /** The public key, with its `kid`. */
  readonly jwk: JsonWebKey;
}

/**
 * @param now Unix milliseconds
 * @returns a signer with the key that all nodes share; the first node makes it
 */
export async function openCallbackSigner(database: Database, now: () => number): Promise<CallbackSigner> {
  const key = createPrivateKey(await keyOf(database));
  const publicKey = createPublicKey(key);
  const jwk = publicKey.export({ format: 'jwk' });
  const kid = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url')
    .slice(0, 16);
  return {
    jwk: { ...jwk, kid, alg: 'EdDSA', use: 'sig' },
    sign(url, body) {
      const digest = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
      const created = Math.floor(now() / 1000);
      const parameters = `("@method" "@target-uri" "content-digest" "content-type");created=${created};keyid="${kid}";alg="ed25519"`;
      const base = [
        '"@method": POST',
        `"@target-uri": ${url.href}`,
        `"content-digest": ${digest}`,
        '"content-type": application/json',
        `"@signature-params": ${parameters}`,
      ].join('\n');
      return {
        'Content-Digest': digest,
        'Signature-Input': `relay=${parameters}`,
        Signature: `relay=:${sign(null, Buffer.from(base), key).toString('base64')}:`,
      };
    },
  };
}

async function keyOf(database: Database): Promise<string> {
  const kept = { text: "select private_key from door_key where id = 'callback'", values: [] };
  const [row] = await database.read(kept);
  if (row) return String(row.private_key);
  const made = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  const [, rows = []] = await database.write([
    {
      text: "insert into door_key (id, private_key) values ('callback', ?) on conflict do nothing",
      values: [String(made)],
    },
    kept,
  ]);
  return String(rows[0]?.private_key ?? made);
}
