import type { Database, SchemaSql } from '@coupon-media/server/engine';

/** Brings the tables of the door to their newest schema. */
export function openRecords(database: Database): Promise<void> {
  return database.upgrade('door', STEPS);
}

/** Times are Unix milliseconds. Lists and values of several fields are JSON. */
function schema(types: {
  readonly counted: string;
  readonly whole: string;
  readonly fraction: string;
  /** Text that is compared byte by byte, so that an index finds what begins with a text. */
  readonly ordered: string;
}): readonly string[] {
  const { counted, whole, fraction, ordered } = types;
  return [
    `create table door_token (
      id text primary key, hash text not null, name text not null, account text not null, scopes text not null,
      quota ${fraction}, created_at ${whole} not null, expires_at ${whole}, revoked_at ${whole}, used_at ${whole})`,
    `create table door_image (
      seq ${counted}, account text not null, endpoint text not null, sha256 text not null, filename ${ordered} not null,
      kind text not null, bytes ${whole} not null, width ${whole} not null, height ${whole} not null, slot text,
      changes text not null, value text not null, upstream_request_id text, caller text not null, at ${whole} not null,
      unique (account, endpoint, sha256))`,
    'create index door_image_by_account on door_image (account, seq)',
    'create index door_image_by_time on door_image (account, at)',
    'create index door_image_by_name on door_image (account, filename)',
    `create table door_upload (
      id text primary key, account text not null, endpoint text not null, sha256 text not null, filename text not null,
      kind text not null, bytes ${whole} not null, width ${whole} not null, height ${whole} not null, slot text,
      changes text not null, caller text not null, request_id text not null, state text not null, value text,
      upstream_request_id text, reused ${whole}, problem text, callback text, callback_state text,
      attempts ${whole} not null, next_at ${whole}, created_at ${whole} not null, settled_at ${whole})`,
    'create index door_upload_next on door_upload (next_at) where next_at is not null',
    'create index door_upload_settled on door_upload (settled_at) where settled_at is not null',
    `create table door_idempotency (
      token text not null, name text not null, fingerprint text not null, upload text, at ${whole} not null,
      primary key (token, name))`,
    'create index door_idempotency_at on door_idempotency (at)',
    'create table door_key (id text primary key, private_key text not null)',
  ];
}

/** Sessions of browsers, by the tokens that opened them. */
function sessionSchema(whole: string): readonly string[] {
  return [
    `create table door_session (
      id text primary key, hash text not null, token text not null, created_at ${whole} not null, expires_at ${whole} not null)`,
    'create index door_session_of_token on door_session (token, created_at)',
    'create index door_session_expires on door_session (expires_at)',
  ];
}

/** Each way in which images are looked for, in the order of its pages. The indexes of before ordered by `seq`, which no filter has. */
const IMAGE_INDEXES = [
  'drop index door_image_by_account',
  'drop index door_image_by_time',
  'drop index door_image_by_name',
  'create index door_image_newest on door_image (account, at, seq)',
  'create index door_image_caller on door_image (account, caller, at, seq)',
  'create index door_image_size on door_image (account, width, height, at, seq)',
  'create index door_image_name on door_image (account, filename, at, seq)',
];

const STEPS: Readonly<Record<string, SchemaSql>> = {
  '001-tokens-and-images': {
    sqlite: schema({
      counted: 'integer primary key autoincrement',
      whole: 'integer',
      fraction: 'real',
      ordered: 'text',
    }),
    postgres: schema({
      counted: 'bigint generated always as identity primary key',
      whole: 'bigint',
      fraction: 'double precision',
      ordered: 'text collate "C"',
    }),
  },
  '002-sessions': { sqlite: sessionSchema('integer'), postgres: sessionSchema('bigint') },
  '003-image-indexes': { sqlite: IMAGE_INDEXES, postgres: IMAGE_INDEXES },
};
