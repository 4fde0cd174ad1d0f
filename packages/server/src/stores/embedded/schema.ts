import { type Generated, Kysely, SqliteDialect } from 'kysely';
import type { Connection } from './binding.js';

/**
 * The database as migrations.ts makes it. Times in `at` and `*_at` are as the interfaces say; truth is 1,
 * else 0.
 */
export interface Schema {
  image: {
    id: Generated<number>;
    /** 32 bytes, half as long in the index as hex would be. */
    sha256: Uint8Array;
    kind: string;
    bytes: number;
    width: number;
    height: number;
    /** The last column, so that reading the others leaves it alone. Null: the bytes are a file. */
    content: Uint8Array | null;
  };
  upload: {
    /** Grows with time: the newest is the greatest. */
    id: Generated<number>;
    merchant: string;
    filename: string;
    sha256: Uint8Array;
    at: number;
    request_id: string;
  };
  nonce: { id: Generated<number>; expires_at: number; key: string };
  /** One row, written over and over, to see that writing works. */
  probe: { id: number; at: number };
  merchant: {
    id: string;
    scheme: string;
    api_v3_key: string;
    enabled: number;
    product_coupon: number;
    quota: number | null;
    default_platform_key_id: string | null;
  };
  merchant_certificate: {
    id: Generated<number>;
    merchant: string;
    serial_no: string;
    pem: string;
    not_before: number;
    not_after: number;
    revoked_at: number | null;
  };
  platform_key: {
    /** Order of adding. */
    position: Generated<number>;
    id: string;
    kind: string;
    private_key_pem: string;
    public_pem: string;
    not_before: number | null;
    not_after: number | null;
    retired_at: number | null;
  };
  setting: { name: string; value: string };
  /** One row: how often merchants, keys and settings were changed. */
  merchant_version: { id: number; version: number };
}

/** Queries that are not hot. Closing the connection is its owner's. */
export function queriesOn(connection: Connection): Kysely<Schema> {
  return new Kysely<Schema>({ dialect: new SqliteDialect({ database: connection }) });
}
