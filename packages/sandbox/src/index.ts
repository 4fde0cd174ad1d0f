export { type CertifiedPair, generateCertifiedPair } from './certificate.js';
export { CREDENTIALS_FILE, type Credentials, readCredentials } from './credentials.js';
export { DEMO_IMAGES, type DemoUpload, runDemo } from './demo.js';
export { type Sandbox, type SandboxOptions, startSandbox } from './sandbox.js';
