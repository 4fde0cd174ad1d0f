import { createImageRecords, type ImageRecords, type ImageTable } from '@coupon-media/door';
import type { Database } from '@coupon-media/server/engine';

/** The images that upstream gave a value for, as the door lists them: the rows of the outbox, by whichever door they came (decision 042). */
export function outboxImages(database: Database): ImageRecords {
  return createImageRecords(database, { ...TABLE, filename: FILENAMES[database.dialect] });
}

/** The filename as its index compares it: byte by byte, so that the index finds what begins with a text. */
const FILENAMES: Readonly<Record<Database['dialect'], string>> = {
  sqlite: 'filename',
  postgres: 'filename collate "C"',
};

const TABLE: Omit<ImageTable, 'filename'> = {
  name: 'relay_upload',
  id: 'id',
  digest: 'bytes',
  recorded: 'value is not null',
};
