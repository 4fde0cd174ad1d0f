import type { Credentials } from '@coupon-media/sandbox';
import type { ImageUpload } from './images.js';
import { type Answered, connect, type Peer } from './peer.js';

/** What clients know about their uploads in the end. */
export interface LoadResult {
  /** Uploads whose signed 200 arrived completely. */
  readonly acknowledged: readonly Acknowledged[];
  /** Uploads that were refused with a signed 500. */
  readonly refused: readonly ImageUpload[];
  /** Uploads whose connection broke. */
  readonly broken: readonly Broken[];
  /** Responses that no upload should get. */
  readonly surprises: readonly string[];
}

/** An upload and the URL that it received. */
export interface Acknowledged extends ImageUpload {
  readonly url: string;
}

/** An upload, and how its connection ended. */
export interface Broken extends ImageUpload {
  readonly reason: string;
}

/**
 * Sends uploads over several connections, one after another on each, until there are no more or the connection breaks.
 *
 * @param next returns the next upload
 * @param onAnswer receives the status of each response
 */
export async function uploadOver(
  connections: number,
  credentials: Credentials,
  next: () => Promise<ImageUpload | undefined>,
  onAnswer: (status: number) => void,
): Promise<LoadResult> {
  const acknowledged: Acknowledged[] = [];
  const refused: ImageUpload[] = [];
  const broken: Broken[] = [];
  const surprises: string[] = [];

  function take(upload: ImageUpload, { status, url, code, genuine }: Answered): void {
    if (url !== undefined && genuine) acknowledged.push({ ...upload, url });
    else if (code === 'SYSTEM_ERROR' && genuine) refused.push(upload);
    else surprises.push(`${status} ${code}${genuine ? '' : ', not signed'}`);
    onAnswer(status);
  }

  async function work(peer: Peer): Promise<void> {
    for (let upload = await next(); upload; upload = await next()) {
      try {
        take(upload, await peer.upload(upload));
      } catch (error) {
        broken.push({ ...upload, reason: String(error) });
        return;
      }
    }
  }

  const peers = await Promise.all(Array.from({ length: connections }, () => connect(credentials)));
  await Promise.all(peers.map(work));
  return { acknowledged, refused, broken, surprises };
}
