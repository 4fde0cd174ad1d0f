import { sql } from 'kysely';
import type { UploadPage, UploadQuery } from '../index.js';
import { type Listing, listUploads } from '../sql/listing.js';
import type { SqliteConnection } from './binding.js';
import { recordsOn } from './schema.js';

/** Uploads scanned in one turn of the event loop, which takes about a millisecond. */
const STRIDE = 2000;

export function listEmbedded(reader: SqliteConnection, query: UploadQuery): Promise<UploadPage> {
  const listing: Listing = {
    queries: recordsOn(reader),
    stride: STRIDE,
    holds: (column, text) => sql<boolean>`instr(${column}, ${text}) > 0`,
  };
  return listUploads(listing, query);
}
