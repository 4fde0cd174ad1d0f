import { openClusterImages } from '@coupon-media/cluster';
import { Agent, request } from 'undici';
import { sha256 } from '../support/exchange.js';
import type { Cluster } from './cluster.js';
import type { Acknowledged } from './journal.js';

/** Images that are fetched at the same time. */
const AT_A_TIME = 8;

/** @returns acknowledged images that the nodes do not serve byte for byte; empty if everything is well */
export async function notServed(images: readonly Acknowledged[]): Promise<string[]> {
  const dispatcher = new Agent({ connections: AT_A_TIME });
  const left = [...images];
  const lost: string[] = [];
  async function work(): Promise<void> {
    for (let image = left.pop(); image; image = left.pop()) {
      const { statusCode, body } = await request(image.url, { dispatcher });
      const bytes = Buffer.from(await body.arrayBuffer());
      if (statusCode !== 200 || sha256(bytes) !== image.sha256) lost.push(`${image.url}: ${statusCode}`);
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  await dispatcher.close();
  return lost;
}

/** @returns acknowledged uploads that are not listed with their merchant; empty if everything is well */
export async function notListed({ config }: Cluster, images: readonly Acknowledged[]): Promise<string[]> {
  const store = await openClusterImages(config);
  try {
    const listed = new Set<string>();
    for (let cursor: string | undefined, more = true; more; ) {
      const page = await store.uploads({ limit: 1000, ...(cursor !== undefined && { cursor }) });
      for (const { merchant, sha256: digest } of page.uploads) listed.add(`${merchant} ${digest}`);
      cursor = page.next;
      more = cursor !== undefined;
    }
    return images
      .filter(({ mchid, sha256: digest }) => !listed.has(`${mchid} ${digest}`))
      .map(({ url }) => url);
  } finally {
    await store.close();
  }
}
