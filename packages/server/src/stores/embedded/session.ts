import { openInBackground, type Value } from './binding.js';

/**
 * A connection that writes, with the statements of an upload prepared: kysely would cost three times their
 * price.
 */
export interface Session {
  begin(): void;
  /** Resolves when the disk has it. */
  commit(): Promise<void>;
  /** @returns false where the connection cannot be used any more */
  rollback(): Promise<boolean>;
  /** sha256, kind, bytes, width, height, content; nothing where the digest is there. */
  image: Run;
  /** merchant, filename, sha256, at, request id */
  upload: Run;
  /** expires at, key */
  nonce: Run;
  /** expires at, key */
  forget: Run;
  /** Deletes nonces that expired before a time: the time, how many at most. */
  purge: Run;
  /** at */
  probe: Run;
  close(): void;
}

type Run = (parameters: readonly Value[]) => void;

export async function openSession(database: string): Promise<Session> {
  // No busy timeout: who has to wait for another process, waits without blocking this one (writer.ts).
  const connection = await openInBackground(database, 0);
  // Checkpoints are another connection's (checkpoints.ts). The cache is 16 MiB: the digests' index lives in it.
  await connection.exec('PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-16384');
  const begin = await connection.prepare('begin immediate');
  return {
    begin: () => begin([]),
    commit: () => connection.exec('commit'),
    async rollback() {
      // SQLite has often rolled back by itself, and then there is nothing to end.
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
    close: () => connection.close(),
  };
}
