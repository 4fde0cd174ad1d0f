import { readFileSync, rmSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { COLUMNS } from '#cli/manifest/columns.js';
import { readCsv } from '#cli/manifest/csv.js';
import { prepareManifest } from '#cli/manifest/manifest.js';
import { recordOf } from '#cli/report/record.js';
import type { UploadRow } from '#cli/upload/row.js';
import { fileOf } from './folder.js';
import { rowsOf } from './rows.js';
import { broken, type Target } from './target.js';

export const manifest: Target = {
  name: 'manifest',
  words: ['"', ',', '\r\n', '\n', '\r', '=1+1', '@', '\t', ';', '\0', '图', '\ufeff', '"",""'],
  async read(bytes) {
    const rows = rowsOf(bytes);
    const json = await writtenAs('.json', rows);
    const records = rows.map((row) => JSON.parse(JSON.stringify(recordOf(row))));
    if (!isDeepStrictEqual(JSON.parse(json), records)) broken('a manifest in JSON says something else');
    const csv = await writtenAs('.csv', rows);
    const raw = readRaw(csv);
    if (raw.flat().some((cell) => /^[=+\-@\t\r\n]/.test(cell))) broken('a cell of a manifest is a formula');
    const [head, ...table] = readCsv(csv);
    if (raw.length !== rows.length + 1 || head?.length !== COLUMNS.length)
      broken('a manifest has other cells');
    const cells = records.map((record) => COLUMNS.map((column) => cellOf(record[column])));
    if (!isDeepStrictEqual(table, cells)) broken('a manifest in CSV says something else');
  },
};

function cellOf(value: unknown): string {
  return Array.isArray(value) ? value.join('; ') : String(value ?? '');
}

async function writtenAs(suffix: string, rows: readonly UploadRow[]): Promise<string> {
  const file = fileOf(`manifest${suffix}`);
  rmSync(file, { force: true });
  const { write } = await prepareManifest(file, { language: 'en', images: rows.length, dryRun: false });
  await write(rows);
  return readFileSync(file, 'utf8').replace(/^\ufeff/, '');
}

/** By RFC 4180, without a line of the product's: cell by cell. */
function readRaw(table: string): string[][] {
  const rows: string[][] = [[]];
  for (let at = 0; at < table.length; ) {
    const [whole = '', quoted, bare = '', end = ''] = CELL.exec(table.slice(at, at + LONGEST)) ?? [];
    if (whole === '') broken(`no cell at ${at}`);
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? bare);
    at += whole.length;
    if (end === '\r\n') rows.push([]);
  }
  if (rows.pop()?.length !== 0) broken('the last row has no end');
  return rows;
}

const CELL = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/;
/** Characters of a cell: those of the longest input, each quoted. */
const LONGEST = 300_000;
