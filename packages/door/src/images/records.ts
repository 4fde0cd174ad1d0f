import type { ImageKind, UploadEndpointName } from '@coupon-media/apiv3';
import type { Database, Row, Statement } from '@coupon-media/server/engine';

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
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  readonly slot: string | undefined;
  readonly changes: readonly RecordedChange[];
  /** The URL, or the id of an endpoint that answers with one. */
  readonly value: string;
  readonly upstreamRequestId: string | undefined;
  /** `cmr_` and the public part of the token that brought it. */
  readonly caller: string;
  /** Unix milliseconds. */
  readonly at: number;
}

export interface ImageQuery {
  readonly account: string;
  /** The beginning of the filename. */
  readonly filename?: string | undefined;
  /** Unix milliseconds: not before, and before. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** The key of the last image of the page before. */
  readonly below?: number | undefined;
  readonly limit: number;
}

export interface Listed extends ImageRecord {
  /** Grows with each image that is recorded. */
  readonly seq: number;
}

/** The images that came through the door, by account. */
export interface ImageRecords {
  /** Newest first. */
  list(query: ImageQuery): Promise<readonly Listed[]>;
  find(account: string, endpoint: UploadEndpointName, sha256: string): Promise<Listed | undefined>;
  /** Oldest first, from a key on. */
  after(account: string, seq: number, limit: number): Promise<readonly Listed[]>;
  /** The key of the newest image; 0 if there is none. */
  newest(account: string): Promise<number>;
}

export function createImageRecords(database: Database): ImageRecords {
  return {
    async list({ account, filename, since, until, below, limit }) {
      const wanted: [sql: string, ...values: (string | number)[]][] = [['account = ?', account]];
      if (filename) wanted.push(['filename >= ? and filename < ?', filename, afterPrefix(filename)]);
      if (since !== undefined) wanted.push(['at >= ?', since]);
      if (until !== undefined) wanted.push(['at < ?', until]);
      if (below !== undefined) wanted.push(['seq < ?', below]);
      const rows = await database.read({
        text: `${SELECT} where ${wanted.map(([sql]) => sql).join(' and ')} order by seq desc limit ?`,
        values: [...wanted.flatMap(([, ...values]) => values), limit],
      });
      return rows.map(listed);
    },
    async find(account, endpoint, sha256) {
      const [row] = await database.read({
        text: `${SELECT} where account = ? and endpoint = ? and sha256 = ?`,
        values: [account, endpoint, sha256],
      });
      return row && listed(row);
    },
    async after(account, seq, limit) {
      const rows = await database.read({
        text: `${SELECT} where account = ? and seq > ? order by seq limit ?`,
        values: [account, seq, limit],
      });
      return rows.map(listed);
    },
    async newest(account) {
      const [row] = await database.read({
        text: 'select max(seq) as newest from door_image where account = ?',
        values: [account],
      });
      return Number(row?.newest ?? 0);
    },
  };
}

/** An image that got a value again, because the first was forgotten, is the newest once more. */
export function recordImage(image: ImageRecord): readonly Statement[] {
  const { account, endpoint, sha256, filename, kind, bytes, width, height, slot, changes } = image;
  const { value, upstreamRequestId, caller, at } = image;
  return [
    {
      text: 'delete from door_image where account = ? and endpoint = ? and sha256 = ?',
      values: [account, endpoint, sha256],
    },
    {
      text: `insert into door_image (account, endpoint, sha256, filename, kind, bytes, width, height, slot, changes, value,
        upstream_request_id, caller, at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
      values: [
        ...[account, endpoint, sha256, filename, kind, bytes, width, height, slot ?? null],
        ...[JSON.stringify(changes), value, upstreamRequestId ?? null, caller, at],
      ],
    },
  ];
}

const SELECT = `select seq, account, endpoint, sha256, filename, kind, bytes, width, height, slot, changes, value,
  upstream_request_id, caller, at from door_image`;

function listed(row: Row): Listed {
  return {
    ...pictureOf(row),
    seq: Number(row.seq),
    value: String(row.value),
    upstreamRequestId: row.upstream_request_id === null ? undefined : String(row.upstream_request_id),
    at: Number(row.at),
  };
}

/** The columns that say which image it is, of any table that has them. */
export function pictureOf(row: Row): Omit<ImageRecord, 'value' | 'upstreamRequestId' | 'at'> {
  return {
    account: String(row.account),
    endpoint: String(row.endpoint) as UploadEndpointName,
    sha256: String(row.sha256),
    filename: String(row.filename),
    kind: String(row.kind) as ImageKind,
    bytes: Number(row.bytes),
    width: Number(row.width),
    height: Number(row.height),
    slot: row.slot === null ? undefined : String(row.slot),
    changes: JSON.parse(String(row.changes)) as RecordedChange[],
    caller: String(row.caller),
  };
}

/** The first text after all that begin with this one, byte by byte. */
function afterPrefix(prefix: string): string {
  return `${prefix}\u{10ffff}`;
}
