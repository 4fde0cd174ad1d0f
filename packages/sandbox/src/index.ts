export { type CertifiedPair, generateCertifiedPair } from './identity/certificate.js';
export { CREDENTIALS_FILE, type Credentials, readCredentials } from './identity/credentials.js';
export { DEMO_IMAGES, type DemoUpload, runDemo } from './demo.js';
export { type Sandbox, type SandboxOptions, startSandbox } from './sandbox.js';
