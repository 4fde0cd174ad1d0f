import { thumbnailOf } from '../server/images.js';

/** Thumbnails in the memory of the page; those that were not shown for longest go first. */
const KEPT = 600;

/** Addresses of blobs by digest; undefined of images that have no thumbnail. */
const kept = new Map<string, string | undefined>();
let hasNone = false;

/** Codes of an image that has no thumbnail, however often it is asked for. */
const NEVER: ReadonlySet<string> = new Set(['not-found', 'image-unpreparable', 'no-door']);

/** @returns the address of a thumbnail that is there already */
export function keptPicture(sha256: string): string | undefined {
  return kept.get(sha256);
}

/** @returns undefined if there is none, or the signal came first */
export async function pictureOf(sha256: string, signal: AbortSignal): Promise<string | undefined> {
  while (!hasNone && !signal.aborted) {
    if (kept.has(sha256)) return keep(sha256, kept.get(sha256));
    const answer = await thumbnailOf(sha256, signal).catch(() => undefined);
    if (!answer) return undefined;
    if (answer instanceof Blob) return keep(sha256, URL.createObjectURL(answer));
    // A server without packages/prepare has none of any image.
    if (answer.code === 'preparation-unavailable') hasNone = true;
    if (NEVER.has(answer.code)) return keep(sha256, undefined);
    if (answer.again === undefined) return undefined;
    await new Promise((resolve) => setTimeout(resolve, answer.again));
  }
  return undefined;
}

function keep(sha256: string, address: string | undefined): string | undefined {
  kept.delete(sha256);
  kept.set(sha256, address);
  for (const [oldest, there] of kept) {
    if (kept.size <= KEPT) break;
    kept.delete(oldest);
    if (there !== undefined) URL.revokeObjectURL(there);
  }
  return address;
}
