import type { UploadPage, UploadQuery } from '../index.js';
import { type Listing, listUploads } from '../sql/listing.js';
import type { SqliteConnection, Statement } from './binding.js';

/** Uploads scanned in one turn of the event loop, which takes about a millisecond. */
const STRIDE = 2000;

export function listEmbedded(reader: SqliteConnection, query: UploadQuery): Promise<UploadPage> {
  const prepared = new Map<string, Statement>();
  const listing: Listing = {
    async run<Row>(text: string, values: readonly (string | number)[]) {
      const statement = prepared.get(text) ?? reader.prepare(text);
      prepared.set(text, statement);
      return statement.all(values) as Row[];
    },
    place: (number) => `?${number}`,
    stride: STRIDE,
    holds: (column, place) => `instr(${column}, ${place}) > 0`,
  };
  return listUploads(listing, query);
}
