import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Credentials } from '@coupon-media/sandbox';
import { checkEmbeddedStore, openEmbeddedImages } from '@coupon-media/server';
import { request } from 'undici';
import { sha256 } from '../support/exchange.js';
import { urlOf } from './images.js';

/**
 * Milliseconds after which the store's check considers a file without a record an orphan and not an upload in progress.
 */
const LATER = 3_600_000;

/** Finds what the disk contains unexpectedly while the service is idle; empty if everything is well. */
export async function flawsOf(folder: string): Promise<string[]> {
  const { problems } = await checkEmbeddedStore({ folder, now: Date.now() + LATER });
  const left = await readdir(path.join(folder, 'incoming'));
  return [
    ...problems.map(({ kind, sha256, detail }) => `${kind} ${sha256 ?? ''} ${detail.en}`),
    ...left.map((name) => `left over: incoming/${name}`),
  ];
}

/** What a service returns for an image. */
export type Served = 'exact' | 'absent' | 'wrong';

/** Fetches an image. "Wrong" is everything except its complete bytes and a 404. */
export async function fetched(url: string, digest: string): Promise<Served> {
  const { statusCode, body } = await request(url);
  const bytes = Buffer.from(await body.arrayBuffer());
  if (statusCode === 404) return 'absent';
  return statusCode === 200 && sha256(bytes) === digest ? 'exact' : 'wrong';
}

/**
 * Fetches every image that a store lists, except the known ones.
 *
 * @returns those that are not served exactly
 */
export async function notServed(
  folder: string,
  credentials: Credentials,
  known: Set<string>,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const digest of await listed(folder)) {
    if (known.has(digest)) continue;
    known.add(digest);
    const served = await fetched(urlOf(credentials, { sha256: digest }), digest);
    if (served !== 'exact') wrong.push(`${digest}: ${served}`);
  }
  return wrong;
}

/** Returns the digests of all uploads that a store lists. */
async function listed(folder: string): Promise<Set<string>> {
  const images = await openEmbeddedImages({ folder });
  try {
    const digests = new Set<string>();
    for (let cursor: string | undefined, more = true; more; ) {
      const page = await images.uploads({ limit: 1000, ...(cursor !== undefined && { cursor }) });
      for (const upload of page.uploads) digests.add(upload.sha256);
      cursor = page.next;
      more = cursor !== undefined;
    }
    return digests;
  } finally {
    await images.close();
  }
}
