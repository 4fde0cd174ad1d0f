// The entry `@coupon-media/apiv3/explain`: why a signature failed. A service never asks, so that it does not load these files.

export type { Evidence } from './evidence.js';
export { explain } from './explain.js';
export type { Finding, Mistake } from './findings.js';
export { recoverSignedLines, type SignedLines } from './recover-message.js';
