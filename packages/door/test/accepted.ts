import type { LaterUpload, LaterUploads } from '../dist/later/uploads.js';

/** Adds an upload that was accepted for later, `upl_1` of the account `shop`. */
export async function addAccepted(uploads: Pick<LaterUploads, 'add' | 'find'>): Promise<LaterUpload> {
  const image = {
    filename: 'a.png',
    sha256: '0'.repeat(64),
    kind: 'png',
    bytes: 9,
    width: 1,
    height: 1,
  } as const;
  const upload = { ...image, merchant: 'shop', uploadedAt: Date.now(), requestId: 'A' };
  const sent = { account: 'shop', endpoint: 'product-coupon', caller: 'cmr_1', requestId: 'A' } as const;
  const wanted = { ...sent, filename: 'a.png', slot: undefined, changes: [] };
  await uploads.add('upl_1', { upload, wanted }, undefined);
  const found = await uploads.find('shop', 'upl_1');
  if (!found) throw new Error('it was added');
  return found;
}
