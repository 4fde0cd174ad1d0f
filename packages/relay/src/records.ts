import { openTokens, type Tokens } from '@coupon-media/door';
import type { Database } from '@coupon-media/server/engine';
import { type Audit, openAudit } from './audit/audit.js';
import { upgradeRelay } from './schema.js';

/** What a relay records, for a command that runs beside it. */
export interface RelayRecords {
  readonly database: Database;
  readonly audit: Audit;
  readonly tokens: Tokens;
  close(): Promise<void>;
}

/** @throws StoreError if the tables were written by a newer version, or cannot be read */
export async function openRelayRecords(database: Database): Promise<RelayRecords> {
  await upgradeRelay(database);
  const audit = openAudit(database, { appended: () => {}, lost: () => {} });
  return { database, audit, tokens: await openTokens(database), close: audit.close };
}
