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
  return {
    ...merchantOf('1900000001', 'merchant'),
    ...createPlatformKey(),
  };
}

/**
 * @param {Identity} identity
 * @returns {Identity} of another merchant of the same platform
 */
export function otherMerchant(identity) {
  return { ...identity, ...merchantOf('1900000002', 'other-merchant') };
}

/**
 * @param {string} mchid
 * @param {string} name of its files
 */
function merchantOf(mchid, name) {
  const certificatePem = readKey(`${name}.cert.pem`);
  return {
    mchid,
    serialNo: new X509Certificate(certificatePem).serialNumber,
    certificatePem,
    privateKeyPem: readKey(`${name}.key.pem`),
  };
}

function createPlatformKey() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return {
    platformKeyId: 'PUB_KEY_ID_0000000000000000250804000000000001',
    platformPrivateKeyPem: privateKey,
    platformPublicKeyPem: publicKey,
  };
}

/** @param {string} file */
function readKey(file) {
  return readFileSync(new URL(`../vectors/keys/${file}`, import.meta.url), 'utf8');
}
