import { type Generated, Kysely, SqliteDialect } from 'kysely';
import type { Queries, Records } from '../sql/schema.js';
import type { Connection } from './binding.js';

/** The database as migrations.ts makes it: the records of every engine, and what only this one keeps. */
export interface Schema extends Records {
  image: Records['image'] & {
    id: Generated<number>;
    /** The last column, so that reading the others leaves it alone. Null: the bytes are a file. */
    content: Uint8Array | null;
  };
  nonce: { id: Generated<number>; expires_at: number; key: string };
  /** One row, written over and over, to see that writing works. */
  probe: { id: number; at: number };
}

/** Queries that are not hot. Closing the connection is its owner's. */
export function queriesOn(connection: Connection): Kysely<Schema> {
  return new Kysely<Schema>({ dialect: new SqliteDialect({ database: connection }) });
}

/** The same, of what every engine records. */
export function recordsOn(connection: Connection): Queries {
  return new Kysely<Records>({ dialect: new SqliteDialect({ database: connection }) });
}
