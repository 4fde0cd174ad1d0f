import type { Credentials } from '@coupon-media/sandbox';
import { Client } from 'undici';
import { onTestFinished } from 'vitest';
import { judge, sha256 } from '../support/exchange.js';
import type { ImageUpload, TestImage } from './images.js';

/** The response to an upload. */
export interface Answered {
  readonly status: number;
  /** Set if the image is stored. */
  readonly url: string | undefined;
  /** Set for a refusal. */
  readonly code: string | undefined;
  /** Whether the response is signed with the platform's key. */
  readonly genuine: boolean;
}

/** A client with one connection. */
export interface Peer {
  upload(upload: ImageUpload): Promise<Answered>;
  /**
   * Fetches an image.
   *
   * @returns the digest of its bytes; undefined if there is no such image
   */
  digest(image: TestImage): Promise<string | undefined>;
  status(path: string): Promise<number>;
}

/**
 * Connects before the fault, because a service that cannot open files accepts no new connections. The connection ends
 * with the test.
 */
export async function connect(credentials: Credentials): Promise<Peer> {
  const client = new Client(credentials.baseUrl);
  onTestFinished(() => client.destroy());

  async function get(path: string): Promise<{ status: number; bytes: Buffer }> {
    const { statusCode, body } = await client.request({ path, method: 'GET' });
    return { status: statusCode, bytes: Buffer.from(await body.arrayBuffer()) };
  }

  const peer: Peer = {
    async upload({ signed: { url, headers, body } }) {
      const { pathname } = new URL(url);
      const answer = await client.request({ path: pathname, method: 'POST', headers, body });
      const text = await answer.body.text();
      const fault = await judge(credentials, answer.headers, text);
      const { image_url, code } = JSON.parse(text);
      return { status: answer.statusCode, url: image_url, code, genuine: fault === undefined };
    },
    async digest({ sha256: digest }) {
      const { status, bytes } = await get(`/images/${digest}.png`);
      if (status === 404) return undefined;
      return status === 200 ? sha256(bytes) : `none: ${status}`;
    },
    status: async (path) => (await get(path)).status,
  };
  await peer.status('/healthz');
  return peer;
}
