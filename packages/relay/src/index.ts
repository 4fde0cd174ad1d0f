export type { Claim, Outbox, Recorded, UploadKey, Wish } from './outbox/index.js';
export type { Upstream, UpstreamResult, UpstreamUpload } from './upstream/index.js';
