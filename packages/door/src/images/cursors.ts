import { type UploadEndpointName, uploadEndpoints } from '@coupon-media/apiv3';

/** The key of the last image of a page, by the way in which the images are looked for. */
interface PageKeys {
  time: readonly [at: number, id: number];
  name: readonly [filename: string, at: number, id: number];
  digest: readonly [endpoint: UploadEndpointName, sha256: string];
}

export type PageKey<Way extends keyof PageKeys> = PageKeys[Way];

/** Reads and writes the cursors of pages. They are opaque to callers: base64url of the way and the key. */
export interface Cursors {
  /** @throws RangeError if the cursor belongs to another way, or to none */
  time(): PageKey<'time'> | undefined;
  /** @param prefix of the names that are looked for: the key of another prefix would bring names that have not this one */
  name(prefix: string): PageKey<'name'> | undefined;
  digest(prefix: string): PageKey<'digest'> | undefined;
  /** The cursor of the page that begins after an image. */
  after(way: keyof PageKeys, image: Last): string;
}

interface Last {
  readonly at: number;
  readonly id: number;
  readonly filename: string;
  readonly endpoint: UploadEndpointName;
  readonly sha256: string;
}

/** @param cursor of the request, if it has one */
export function createCursors(cursor: string | undefined): Cursors {
  function keyOf(
    way: keyof PageKeys,
    isPart: readonly ((part: unknown) => boolean)[],
  ): unknown[] | undefined {
    if (cursor === undefined) return undefined;
    const [said, ...key] = parsed(cursor);
    if (said === way && key.length === isPart.length && key.every((part, at) => isPart[at]?.(part)))
      return key;
    throw new RangeError('cursor must be the next of the same query');
  }
  return {
    time: () => keyOf('time', [isWhole, isWhole]) as PageKey<'time'> | undefined,
    name: (prefix) => keyOf('name', [beginsWith(prefix), isWhole, isWhole]) as PageKey<'name'> | undefined,
    digest: (prefix) =>
      keyOf('digest', [isEndpoint, (part) => isDigest(part) && beginsWith(prefix)(part)]) as
        | PageKey<'digest'>
        | undefined,
    after(way, { at, id, filename, endpoint, sha256 }) {
      const keys: PageKeys = { time: [at, id], name: [filename, at, id], digest: [endpoint, sha256] };
      return Buffer.from(JSON.stringify([way, ...keys[way]])).toString('base64url');
    },
  };
}

function parsed(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

const isWhole = (part: unknown): boolean => Number.isSafeInteger(part);
const isEndpoint = (part: unknown): boolean => uploadEndpoints.some(({ name }) => name === part);
const beginsWith =
  (prefix: string) =>
  (part: unknown): boolean =>
    typeof part === 'string' && part.startsWith(prefix);
const isDigest = (part: unknown): boolean => typeof part === 'string' && /^[0-9a-f]{64}$/.test(part);
