/** The merchant that uploads and the platform key that signs responses, the same for all measurements. */
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

/**
 * @typedef {object} Identity
 * @property {string} mchid
 * @property {string} serialNo
 * @property {string} certificatePem
 * @property {string} privateKeyPem
 * @property {string} platformKeyId
 * @property {string} platformPrivateKeyPem
 * @property {string} platformPublicKeyPem
 */

/** @returns {Identity} */
export function createIdentity() {
  const certificatePem = readKey('merchant.cert.pem');
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return {
    mchid: '1900000001',
    serialNo: new X509Certificate(certificatePem).serialNumber,
    certificatePem,
    privateKeyPem: readKey('merchant.key.pem'),
    platformKeyId: 'PUB_KEY_ID_0000000000000000250804000000000001',
    platformPrivateKeyPem: privateKey,
    platformPublicKeyPem: publicKey,
  };
}

/** @param {string} file */
function readKey(file) {
  return readFileSync(new URL(`../vectors/keys/${file}`, import.meta.url), 'utf8');
}
