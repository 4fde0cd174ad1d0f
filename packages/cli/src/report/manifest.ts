import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { writeWhole } from '../files/write-whole.js';
import { checkPath } from '../shell/arguments.js';
import { CommandError, EXIT } from '../shell/failure.js';
import type { UploadRow } from '../upload/row.js';
import { RECORD_COLUMNS, recordOf } from './record.js';

/** A file with the result of each image. */
export interface Manifest {
  readonly file: string;
  /** Replaces it atomically: a reader sees the old file or the new one, never a part. */
  write(rows: readonly UploadRow[]): Promise<void>;
}

/**
 * Checks that the manifest can be written, before anything is sent.
 *
 * @throws CommandError if the suffix is not .csv or .json; the error of the file system if the folder is not writable
 */
export async function prepareManifest(given: string): Promise<Manifest> {
  const file = checkPath(given, '--manifest');
  const format = FORMATS[path.extname(file).toLowerCase()];
  if (!format) throw new CommandError('manifest.suffix', { file }, EXIT.wrongUse);
  await access(path.dirname(file), constants.W_OK);
  return { file, write: (rows) => writeWhole(file, format(rows)) };
}

const FORMATS: Readonly<Record<string, (rows: readonly UploadRow[]) => string>> = {
  '.csv': (rows) => csv([RECORD_COLUMNS, ...rows.map(recordOf).map(cells)]),
  '.json': (rows) => `${JSON.stringify(rows.map(recordOf), null, 2)}\n`,
};

function cells(record: ReturnType<typeof recordOf>) {
  return RECORD_COLUMNS.map((column) => {
    const value = record[column];
    return typeof value === 'object' ? value.join('; ') : value;
  });
}

/** A table in CSV (RFC 4180) with a byte order mark: without it, Excel does not detect UTF-8, and Chinese names are garbled. */
export function csv(rows: readonly (readonly (string | number | undefined)[])[]): string {
  return `\ufeff${rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')}`;
}

function cell(value: string | number | undefined): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
