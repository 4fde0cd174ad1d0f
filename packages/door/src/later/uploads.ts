import type { Database, Row, Statement, StoredUpload } from '@coupon-media/server/engine';
import type { StoredPicture, Wanted } from '../images/intake.js';
import { pictureOf } from '../images/records.js';
import type { PublishedValue } from '../publisher.js';

/** An upload that was answered with 202: it is carried out later, by whichever node comes to it. Times are Unix milliseconds. */
export interface LaterUpload extends StoredPicture {
  readonly id: string;
  readonly state: 'waiting' | 'done' | 'failed';
  /** Of one that is done. */
  readonly published: PublishedValue | undefined;
  /** Of one that has failed for good: a problem as JSON, in both languages. */
  readonly problem: string | undefined;
  readonly callback: string | undefined;
  readonly callbackState: 'waiting' | 'delivered' | 'given-up' | undefined;
  /** Attempts of the present work: of the upload first, then of the callback. */
  readonly attempts: number;
  readonly createdAt: number;
  readonly settledAt: number | undefined;
}

export interface LaterUploads {
  /**
   * Durable when it has resolved. If the id exists already, the first upload stands.
   *
   * @param idempotent statements of the same transaction
   */
  add(id: string, picture: StoredPicture, callback: string | undefined): Promise<void>;
  find(account: string, id: string): Promise<LaterUpload | undefined>;
  /** Takes uploads whose time has come, of each caller in turn. Nobody else takes them until the claim ends. */
  claim(most: number, until: number): Promise<readonly LaterUpload[]>;
  /**
   * Makes claims last longer, as long as their node lives.
   *
   * @param claims until when each lasts
   * @returns those that are still this node's
   */
  renew(claims: ReadonlyMap<LaterUpload, number>, until: number): Promise<readonly LaterUpload[]>;
  done(upload: LaterUpload, published: PublishedValue): Promise<void>;
  failed(upload: LaterUpload, problem: string): Promise<void>;
  /** Work that did not succeed, and when it is tried again. */
  again(upload: LaterUpload, at: number): Promise<void>;
  called(upload: LaterUpload, state: 'delivered' | 'given-up'): Promise<void>;
  /** Forgets uploads that were settled before a time and have nothing left to do. */
  purge(before: number): Promise<void>;
}

/** @param now Unix milliseconds */
export function createLaterUploads(database: Database, now: () => number): LaterUploads {
  const write = async (statement: Statement) => (await database.write([statement]))[0] ?? [];

  async function settle(
    { id, callback }: LaterUpload,
    state: string,
    columns: Record<string, string | number | null>,
  ) {
    const names = Object.keys(columns);
    await write({
      text: `update door_upload set state = ?, settled_at = ?, attempts = 0, callback_state = ?, next_at = ?, ${names.map((name) => `${name} = ?`).join(', ')} where id = ? and state = 'waiting'`,
      values: [
        ...[state, now(), callback === undefined ? null : 'waiting', callback === undefined ? null : now()],
        ...Object.values(columns),
        id,
      ],
    });
  }

  return {
    async add(id, { upload, wanted }, callback) {
      const { filename, sha256, kind, bytes, width, height, uploadedAt, requestId } = upload;
      const { account, endpoint, slot, changes, caller } = wanted;
      await write({
        text: `insert into door_upload (id, account, endpoint, sha256, filename, kind, bytes, width, height, slot, changes,
          caller, request_id, state, callback, attempts, next_at, created_at)
          values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?, 0, ?, ?) on conflict do nothing`,
        values: [
          ...[id, account, endpoint, sha256, filename, kind, bytes, width, height, slot ?? null],
          ...[JSON.stringify(changes), caller, requestId, callback ?? null, now(), uploadedAt],
        ],
      });
    },
    async find(account, id) {
      const [row] = await database.read({
        text: 'select * from door_upload where id = ? and account = ?',
        values: [id, account],
      });
      return row && laterOf(row);
    },
    async claim(most, until) {
      const due = await database.read({
        text: DUE,
        values: [now(), LOOKED_AT, most],
      });
      if (due.length === 0) return [];
      // Whoever changes the time first has the upload.
      const taken = await database.write(
        due.map(({ id = '', next_at = 0 }) => ({
          text: 'update door_upload set next_at = ?, attempts = attempts + 1 where id = ? and next_at = ? returning *',
          values: [until, id, next_at],
        })),
      );
      return taken.flat().map(laterOf);
    },
    async renew(claims, until) {
      // In one order, so that no two nodes wait for each other. The time that this node set shows that nobody has changed it since.
      const held = [...claims].sort(([a], [b]) => (a.id < b.id ? -1 : 1));
      const renewed = await database.write(
        held.map(([{ id }, at]) => ({
          text: 'update door_upload set next_at = ? where id = ? and next_at = ? returning id',
          values: [until, id, at],
        })),
      );
      return held.flatMap(([upload], at) => (renewed[at]?.length === 1 ? [upload] : []));
    },
    done: (upload, { value, upstreamRequestId, reused }) =>
      settle(upload, 'done', {
        value,
        upstream_request_id: upstreamRequestId ?? null,
        reused: Number(reused),
      }),
    failed: (upload, problem) => settle(upload, 'failed', { problem }),
    async again({ id, state }, at) {
      // Another node may have finished this work since, if its claim had ended.
      await write({
        text: 'update door_upload set next_at = ? where id = ? and state = ? and next_at is not null',
        values: [at, id, state],
      });
    },
    async called({ id }, state) {
      await write({
        text: 'update door_upload set next_at = null, callback_state = ? where id = ?',
        values: [state, id],
      });
    },
    async purge(before) {
      await write({
        text: 'delete from door_upload where settled_at < ? and next_at is null',
        values: [before],
      });
    },
  };
}

/** The longest line in which callers take turns: what is behind it waits until it is shorter. */
const LOOKED_AT = 20_000;

const DUE = `select id, next_at from (
    select id, next_at, row_number() over (partition by caller order by next_at, id) as turn from (
      select id, caller, next_at from door_upload where next_at <= ? order by next_at, id limit ?
    ) as due
  ) as line order by turn, next_at, id limit ?`;

function laterOf(row: Row): LaterUpload {
  const { account, caller, endpoint, slot, changes, ...picture } = pictureOf(row);
  const createdAt = Number(row.created_at);
  const requestId = String(row.request_id);
  const wanted: Wanted = { account, caller, requestId, endpoint, slot, changes, filename: picture.filename };
  const upload: StoredUpload = {
    ...picture,
    merchant: account,
    uploadedAt: createdAt,
    requestId,
  };
  const state = String(row.state) as LaterUpload['state'];
  return {
    ...{ id: String(row.id), upload, wanted, state, createdAt },
    published:
      state === 'done'
        ? {
            value: String(row.value),
            upstreamRequestId: row.upstream_request_id === null ? undefined : String(row.upstream_request_id),
            reused: row.reused === 1,
          }
        : undefined,
    problem: row.problem === null ? undefined : String(row.problem),
    callback: row.callback === null ? undefined : String(row.callback),
    callbackState:
      row.callback_state === null ? undefined : (String(row.callback_state) as LaterUpload['callbackState']),
    attempts: Number(row.attempts),
    settledAt: row.settled_at === null ? undefined : Number(row.settled_at),
  };
}
