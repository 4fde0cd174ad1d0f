import { uploadEndpoint } from '@coupon-media/apiv3';
import type { OwnImageRecords, Publisher } from '@coupon-media/door';
import { type Publish, publishUnder } from '@coupon-media/server';

/** What gives the images of a sandbox their URLs, by either door, and records which ones it gave. */
export interface Publishing {
  /** For the plain door. */
  readonly publisher: Publisher;
  /** For the signed one: its images belong to the same account, and their caller is the merchant. */
  readonly publish: Publish;
}

/** @param account the one account of the sandbox's tokens */
export function createPublishing(
  account: string,
  publicUrl: () => string,
  records: OwnImageRecords,
): Publishing {
  const give = publishUnder(publicUrl);
  return {
    publisher: {
      async publish({ endpoint: name, upload, caller, slot, changes = [] }) {
        const endpoint = uploadEndpoint(name);
        const value = give({ ...upload, endpoint });
        const given = { value, upstreamRequestId: undefined };
        await records.record({
          ...{ ...upload, ...given, account, endpoint: name, caller, slot, changes },
          at: upload.uploadedAt,
        });
        return { ...given, reused: false };
      },
      async known(_, endpoint, sha256) {
        const known = await records.find(account, endpoint, sha256);
        return known && { value: known.value, upstreamRequestId: undefined, reused: true };
      },
    },
    async publish(image) {
      const { endpoint, merchant: caller, sha256, uploadedAt: at } = image;
      const value = give(image);
      // An image that is uploaded again stays where it is in the list.
      if (!(await records.find(account, endpoint.name, sha256))) {
        await records.record({
          ...{ ...image, account, endpoint: endpoint.name, caller, slot: undefined, changes: [] },
          ...{ value, upstreamRequestId: undefined, at },
        });
      }
      return value;
    },
  };
}
