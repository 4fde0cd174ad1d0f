import { openInBackground, type Value } from './binding.js';
import { createStatements, type Statements } from './statements.js';

/** A writing connection with prepared statements for an upload. kysely would take three times as long. */
export interface Session {
  begin(): void;
  /** Resolves when the transaction is on the disk. */
  commit(): Promise<void>;
  /** @returns false if the connection is no longer usable */
  rollback(): Promise<boolean>;
  /** Parameters: sha256, kind, bytes, width, height, content. It does nothing if the digest exists. */
  image: Run;
  /** Parameters: merchant, filename, sha256, at, request id. */
  upload: Run;
  /** Parameters: expires at, key. */
  nonce: Run;
  /** Parameters: expires at, key. */
  forget: Run;
  /** Deletes nonces that expired before a time. Parameters: the time, the most rows to delete. */
  purge: Run;
  /** Parameter: at. */
  probe: Run;
  /** The statements of what wraps the service. */
  readonly statements: Statements;
  close(): Promise<void>;
}

type Run = (parameters: readonly Value[]) => void;

export async function openSession(database: string): Promise<Session> {
  // There is no busy timeout: writer.ts waits for other processes without blocking this one.
  const connection = await openInBackground(database, 0);
  // Another connection makes the checkpoints (checkpoints.ts). The cache of 16 MiB holds the index of the digests.
  await connection.exec(
    'PRAGMA store.synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA store.cache_size=-16384',
  );
  const begin = await connection.prepare('begin immediate');
  return {
    begin: () => begin([]),
    commit: () => connection.exec('commit'),
    async rollback() {
      // SQLite has often rolled back by itself. Then there is nothing to end.
      if (connection.inTransaction()) await connection.exec('rollback').catch(() => undefined);
      return !connection.inTransaction();
    },
    image: await connection.prepare(
      `insert into image (sha256, kind, bytes, width, height, content) values (?, ?, ?, ?, ?, ?)
       on conflict do nothing`,
    ),
    upload: await connection.prepare(
      'insert into upload (merchant, filename, sha256, at, request_id) values (?, ?, ?, ?, ?)',
    ),
    nonce: await connection.prepare('insert into nonce (expires_at, key) values (?, ?)'),
    forget: await connection.prepare('delete from nonce where expires_at = ? and key = ?'),
    purge: await connection.prepare(
      'delete from nonce where id in (select id from nonce where expires_at < ? order by expires_at limit ?)',
    ),
    probe: await connection.prepare(
      'insert into probe (id, at) values (1, ?) on conflict (id) do update set at = excluded.at',
    ),
    statements: await createStatements(connection),
    close: () => connection.close(),
  };
}
