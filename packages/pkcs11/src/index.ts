export { type Pkcs11ErrorCode, Pkcs11SignerError } from './errors.js';
export type { Pkcs11Options } from './options.js';
export { openProfileSigner } from './profile.js';
export { openPkcs11Signer, type Pkcs11Signer } from './signer.js';
