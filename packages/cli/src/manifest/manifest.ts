import { existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import type { Language } from '@coupon-media/apiv3';
import { readBounded } from '../files/read-bounded.js';
import { decodedAs, decodeText } from '../files/text.js';
import { checkSpace, writeWhole } from '../files/write-whole.js';
import { recordOf } from '../report/record.js';
import { checkPath } from '../shell/arguments.js';
import { CommandError, EXIT, reasonText } from '../shell/failure.js';
import type { UploadRow } from '../upload/row.js';
import { COLUMNS, columnOf, headOf, type ManifestRecord, PLACES, plainValue, shownValue } from './columns.js';
import { readCsv, writeCsv } from './csv.js';
import { merged, withPlaces } from './merge.js';

/** A file with the result of each image, in this run and in earlier ones. */
export interface Manifest {
  readonly file: string;
  /** Replaces it atomically: a reader sees the old file or the new one, never a part. */
  write(rows: readonly UploadRow[]): Promise<void>;
}

export interface ManifestOptions {
  language: Language;
  /** The number of images of this run. */
  images: number;
  /** A dry run does not change a manifest that has URLs. */
  dryRun: boolean;
}

/**
 * Reads the manifest of earlier runs, if there is one, and checks that it can be replaced, before anything is sent.
 *
 * @throws CommandError if the suffix is not .csv or .json, if the file is not a manifest, or if it cannot be written
 */
export async function prepareManifest(given: string, options: ManifestOptions): Promise<Manifest> {
  const { language, images, dryRun } = options;
  const file = checkPath(given, '--manifest');
  const format = formatOf(file);
  if (!format) throw new CommandError('manifest.suffix', { file }, EXIT.wrongUse);
  const earlier = await writable(file, images);
  const rows = earlier ? recordsIn(file) : [];
  if (!rows) throw new CommandError('manifest.another', { file }, EXIT.wrongUse);
  const n = rows.filter(({ image_url: url }) => url).length;
  if (dryRun && n > 0) throw new CommandError('manifest.hasUrls', { file, n }, EXIT.wrongUse);
  return {
    file,
    write: (now) =>
      writeWhole(file, format.write(withPlaces(merged(rows, now.map(manifestRecord))), language)),
  };
}

/**
 * @returns the files that a manifest lists, for another run of them; undefined if the file is not a manifest
 */
export function filesInManifest(file: string): string[] | undefined {
  if (!formatOf(file) || !existsSync(file)) return undefined;
  const rows = recordsIn(file)?.filter(({ status }) => status !== 'left-out');
  return rows && [...new Set(rows.map(({ file: name }) => named(String(name))))];
}

interface Format {
  write(rows: readonly ManifestRecord[], language: Language): string;
  /** @returns undefined if the text is not a manifest */
  read(text: string): ManifestRecord[] | undefined;
}

const FORMATS: Readonly<Record<string, Format>> = {
  '.csv': { write: asCsv, read: fromCsv },
  '.json': { write: asJson, read: fromJson },
};

function formatOf(file: string): Format | undefined {
  return FORMATS[path.extname(file).toLowerCase()];
}

/** Mebibytes: a hundred thousand images. */
const LARGEST = 64;

function recordsIn(file: string): ManifestRecord[] | undefined {
  const bytes = readBounded(file, LARGEST);
  // A spreadsheet on Chinese Windows saves CSV in GBK.
  const text = decodeText(bytes) ?? decodedAs('gb18030', bytes);
  if (text?.trim() === '') return [];
  return text === undefined ? undefined : formatOf(file)?.read(text);
}

/** @returns whether the file exists; it is checked that it can be replaced, and that there is space for it */
async function writable(file: string, images: number): Promise<boolean> {
  let handle: FileHandle | undefined;
  try {
    // A folder, a read-only or immutable file, and one that a spreadsheet has locked, cannot be opened.
    handle = await open(file, 'r+').catch(absent);
    const stats = await handle?.stat();
    if (stats && !stats.isFile()) throw new CommandError('manifest.another', { file }, EXIT.wrongUse);
    await checkSpace(file, (stats?.size ?? 0) + images * BYTES_OF_ROW);
    return handle !== undefined;
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError('manifest.unwritable', { file, why: reasonText(error) });
  } finally {
    await handle?.close();
  }
}

const BYTES_OF_ROW = 1024;

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

/** The bytes of a name that is not UTF-8 are written as `\xNN`, since a manifest is UTF-8. */
function manifestRecord(row: UploadRow): ManifestRecord {
  const values = Object.entries({ ...recordOf(row), file: escapedName(row.path) });
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

function asCsv(rows: readonly ManifestRecord[], language: Language): string {
  const own = [...new Set(rows.flatMap(Object.keys))].filter((column) => !COLUMNS.includes(column));
  const columns = [...COLUMNS, ...own];
  const heads = columns.map((column) => headOf(column, language));
  const cells = rows.map((row) => columns.map((column) => shownValue(column, textOf(row[column]), language)));
  return writeCsv([heads, ...cells]);
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join('; ') : String(value ?? '');
}

function fromCsv(text: string): ManifestRecord[] | undefined {
  const table = SEPARATORS.map((separator) => readCsv(text, separator)).find(isManifest);
  if (!table) return undefined;
  const [heads = [], ...rows] = table;
  const columns = heads.map(columnOf);
  return rows
    .map((row) => columns.map((column, at) => [column, plainValue(column, row[at] ?? '')] as const))
    .map((cells) => Object.fromEntries(cells.filter(([column, value]) => value !== '' && !isPlace(column))));
}

/** Spreadsheets of some countries write others than the comma. */
const SEPARATORS = [',', ';', '\t'];

function isManifest([heads = []]: readonly string[][]): boolean {
  const columns = heads.map(columnOf);
  return columns.includes('file') && columns.includes('status');
}

function asJson(rows: readonly ManifestRecord[]): string {
  return `${JSON.stringify(rows, null, 2)}\n`;
}

function fromJson(text: string): ManifestRecord[] | undefined {
  const rows = parsed(text);
  if (!Array.isArray(rows) || !rows.every(isRow)) return undefined;
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([column]) => !isPlace(column))));
}

function isRow(row: unknown): row is Record<string, unknown> {
  return typeof row === 'object' && row !== null && 'file' in row && 'status' in row;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Places are computed when the manifest is written. */
function isPlace(column: string): boolean {
  return PLACES.includes(column);
}

function escapedName(text: string): string {
  return text.replace(/[\udc80-\udcff]/gu, (byte) => `\\x${(byte.charCodeAt(0) - 0xdc00).toString(16)}`);
}

/** @returns the path of a name in a manifest */
function named(text: string): string {
  if (existsSync(text)) return text;
  return text.replace(/\\x([89a-f][0-9a-f])/g, (_, hex: string) =>
    String.fromCharCode(0xdc00 + parseInt(hex, 16)),
  );
}
