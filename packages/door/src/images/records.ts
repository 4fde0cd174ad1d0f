import { type ImageKind, type UploadEndpointName, uploadEndpoints } from '@coupon-media/apiv3';
import type { Database, Row, Value } from '@coupon-media/server/engine';
import { createCursors, type PageKey } from './cursors.js';

/** A change that preparation made, as plain data. */
export interface RecordedChange {
  readonly code: string;
  readonly values: Readonly<Record<string, string | number>>;
}

/** An image that has its value, as the door lists it. */
export interface ImageRecord {
  readonly account: string;
  readonly endpoint: UploadEndpointName;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
  readonly filename: string;
  readonly kind: ImageKind;
  readonly bytes: number;
  /** Pixels; undefined if it was uploaded before they were recorded. */
  readonly width: number | undefined;
  /** Pixels. */
  readonly height: number | undefined;
  readonly slot: string | undefined;
  readonly changes: readonly RecordedChange[];
  /** The URL, or the id of an endpoint that answers with one. */
  readonly value: string;
  readonly upstreamRequestId: string | undefined;
  /** Who brought it: an mchid, or `cmr_` and the public part of a token. */
  readonly caller: string;
  /** Unix milliseconds at which it got its value. */
  readonly at: number;
}

/** Where an image stands among those of its account: by the time at which it got its value. */
export interface RecordKey {
  /** Unix milliseconds. */
  readonly at: number;
  /** Tells images of the same millisecond apart. */
  readonly id: number;
}

export interface Listed extends ImageRecord, RecordKey {}

/**
 * Which images of an account. At most one of `filename`, `sha256`, `caller` and `size` is given, because each has an index of its own; a time
 * goes with `caller` and `size`, and alone.
 */
export interface ImageQuery {
  readonly account: string;
  /** The beginning of the filename. The list is ordered by it, and not by time. */
  readonly filename?: string | undefined;
  /** The beginning of the digest: 1 to 64 lower-case hex digits. The list is ordered by endpoint and digest. */
  readonly sha256?: string | undefined;
  readonly caller?: string | undefined;
  /** Pixels. */
  readonly size?: { readonly width: number; readonly height: number } | undefined;
  /** Unix milliseconds: not before, and before. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** The `next` of the page before. */
  readonly cursor?: string | undefined;
  readonly limit: number;
}

export interface ImagePage {
  readonly images: readonly Listed[];
  /** The cursor of the next page; undefined on the last one. */
  readonly next: string | undefined;
}

/** The images of each account that have their value, by whichever door they came. */
export interface ImageRecords {
  /**
   * Newest first, unless a name or a digest is looked for.
   *
   * @throws RangeError if the cursor is not one of such a query
   */
  list(query: ImageQuery): Promise<ImagePage>;
  /** @param endpoint undefined: the first one that has it */
  find(
    account: string,
    endpoint: UploadEndpointName | undefined,
    sha256: string,
  ): Promise<Listed | undefined>;
  /** Oldest first, after a key. */
  after(account: string, key: RecordKey, limit: number): Promise<readonly Listed[]>;
  /** The key of the newest image; zeros if there is none. */
  newest(account: string): Promise<RecordKey>;
}

/**
 * A table with the columns account, endpoint, sha256, filename, kind, bytes, width, height, slot, changes, value, upstream_request_id, caller
 * and at, and these indexes: (account, at, id), (account, caller, at, id), (account, width, height, at, id), (account, filename, at, id),
 * and (account, endpoint, sha256).
 */
export interface ImageTable {
  readonly name: string;
  /** The column that numbers the rows. */
  readonly id: 'id' | 'seq';
  readonly digest: 'bytes' | 'hex';
  /** The filename as the index has it: compared byte by byte. */
  readonly filename: string;
  /** The condition of rows that have a value, which the indexes have, too. Default: all have. */
  readonly recorded?: string;
}

/** What answers about the images of a table. Every statement reads one range of one index, in its order, so that a page costs its own rows. */
export function createImageRecords(database: Database, table: ImageTable): ImageRecords {
  const { id, filename } = table;
  const select = `select ${id} as id, account, endpoint, sha256, filename, kind, bytes, width, height, slot, changes, value,
    upstream_request_id, caller, at from ${table.name} where ${table.recorded ? `${table.recorded} and ` : ''}account = ?`;
  const digestOf = (hex: string): Value => (table.digest === 'hex' ? hex : Buffer.from(hex, 'hex'));

  async function read(text: string, ...values: readonly Value[]): Promise<Listed[]> {
    const rows = await database.read(
      { text: `${select} ${text} limit ?`, values },
      { operation: 'list images' },
    );
    return rows.map(listed);
  }

  function byTime(
    { account, caller, size, since = 0, until = NEVER, limit }: ImageQuery,
    key?: PageKey<'time'>,
  ) {
    const [where, values]: [string, Value[]] =
      caller !== undefined
        ? ['and caller = ?', [caller]]
        : size
          ? ['and width = ? and height = ?', [size.width, size.height]]
          : ['', []];
    // Times before `until` are keys below its first one.
    const below = key && key[0] < until ? key : [until, 0];
    return read(
      `${where} and at >= ? and (at, ${id}) < (?, ?) order by at desc, ${id} desc`,
      ...[account, ...values, since, ...below, limit],
    );
  }

  function byName({ account, filename: prefix = '', limit }: ImageQuery, key?: PageKey<'name'>) {
    return read(
      `and (${filename}, at, ${id}) > (?, ?, ?) and ${filename} < ? order by ${filename}, at, ${id}`,
      ...[account, ...(key ?? [prefix, -1, -1]), afterPrefix(prefix), limit],
    );
  }

  /** One look for each endpoint: the key of an image begins with it, so that no other index is needed. */
  async function byDigest({ account, sha256: prefix = '', limit }: ImageQuery, key?: PageKey<'digest'>) {
    const found: Listed[] = [];
    for (const endpoint of key ? ENDPOINTS.slice(ENDPOINTS.indexOf(key[0])) : ENDPOINTS) {
      if (found.length === limit) break;
      const first = endpoint === key?.[0] ? key[1] : undefined;
      const bounds = [digestOf(first ?? prefix.padEnd(64, '0')), digestOf(prefix.padEnd(64, 'f'))];
      const rows = await read(
        `and endpoint = ? and sha256 ${first === undefined ? '>=' : '>'} ? and sha256 <= ? order by sha256`,
        ...[account, endpoint, ...bounds, limit - found.length],
      );
      found.push(...rows);
    }
    return found;
  }

  return {
    async list(query) {
      const more = { ...query, limit: query.limit + 1 };
      const way = query.filename !== undefined ? 'name' : query.sha256 !== undefined ? 'digest' : 'time';
      const cursors = createCursors(query.cursor);
      const found = await {
        name: () => byName(more, cursors.name(query.filename ?? '')),
        digest: () => byDigest(more, cursors.digest(query.sha256 ?? '')),
        time: () => byTime(more, cursors.time()),
      }[way]();
      const images = found.slice(0, query.limit);
      const last = images.at(-1);
      return { images, next: last && found.length > query.limit ? cursors.after(way, last) : undefined };
    },
    async find(account, endpoint, sha256) {
      if (endpoint === undefined) return (await byDigest({ account, sha256, limit: 1 }))[0];
      const [found] = await read('and endpoint = ? and sha256 = ?', account, endpoint, digestOf(sha256), 1);
      return found;
    },
    after: (account, key, limit) =>
      read(`and (at, ${id}) > (?, ?) order by at, ${id}`, account, key.at, key.id, limit),
    async newest(account) {
      const [found] = await read(`order by at desc, ${id} desc`, account, 1);
      return found ?? { at: 0, id: 0 };
    },
  };
}

/** Unix milliseconds that no image reaches. */
const NEVER = Number.MAX_SAFE_INTEGER;

const ENDPOINTS: readonly UploadEndpointName[] = uploadEndpoints.map(({ name }) => name);

function listed(row: Row): Listed {
  const whole = (value: Row[string] | undefined) => (value == null ? undefined : Number(value));
  return {
    ...pictureOf(row),
    ...{ id: Number(row.id), at: Number(row.at), width: whole(row.width), height: whole(row.height) },
    value: String(row.value),
    upstreamRequestId: row.upstream_request_id === null ? undefined : String(row.upstream_request_id),
  };
}

/** The columns that say which image it is, of any table that has them. */
export function pictureOf(row: Row) {
  return {
    account: String(row.account),
    endpoint: String(row.endpoint) as UploadEndpointName,
    sha256: Buffer.isBuffer(row.sha256) ? row.sha256.toString('hex') : String(row.sha256),
    filename: String(row.filename),
    kind: String(row.kind) as ImageKind,
    bytes: Number(row.bytes),
    width: Number(row.width),
    height: Number(row.height),
    slot: row.slot === null ? undefined : String(row.slot),
    changes: JSON.parse(String(row.changes ?? '[]')) as RecordedChange[],
    caller: String(row.caller),
  };
}

/** The first text after all that begin with this one, byte by byte. */
function afterPrefix(prefix: string): string {
  return `${prefix}\u{10ffff}`;
}
