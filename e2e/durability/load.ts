import type { Credentials } from '@coupon-media/sandbox';
import { type Answered, connect, type Peer } from './peer.js';
import type { PictureUpload } from './pictures.js';

/** What clients know of their uploads in the end. */
export interface LoadResult {
  /** Those whose signed 200 arrived whole. */
  readonly acknowledged: readonly Acknowledged[];
  /** Those that were refused with a signed 500. */
  readonly refused: readonly PictureUpload[];
  /** Those whose connection broke. */
  readonly broken: readonly Broken[];
  /** Answers that no upload should get. */
  readonly surprises: readonly string[];
}

/** An upload and the URL that it was promised. */
export interface Acknowledged extends PictureUpload {
  readonly url: string;
}

/** An upload and what became of its connection. */
export interface Broken extends PictureUpload {
  readonly reason: string;
}

/**
 * Uploads over several connections, each one after another, until there is no more or the connection breaks.
 *
 * @param next gives the next upload
 * @param onAnswer told of each answer's status
 */
export async function uploadOver(
  connections: number,
  credentials: Credentials,
  next: () => Promise<PictureUpload | undefined>,
  onAnswer: (status: number) => void,
): Promise<LoadResult> {
  const acknowledged: Acknowledged[] = [];
  const refused: PictureUpload[] = [];
  const broken: Broken[] = [];
  const surprises: string[] = [];

  function take(upload: PictureUpload, { status, url, code, genuine }: Answered): void {
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
