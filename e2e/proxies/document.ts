import { readFileSync, writeFileSync } from 'node:fs';
import { type ColumnName, columns } from './columns.js';
import type { ReverseProxy } from './reverse.js';

const DOCUMENT = 'docs/PROXIES.md';

/** What was found of a proxy. */
export interface MeasuredRow {
  readonly proxy: ReverseProxy;
  readonly version: string;
  /** Whether it ran with every default, and not with the shipped files. */
  readonly defaults: boolean;
  readonly found: Readonly<Record<ColumnName, string>>;
}

/** Writes both tables of reverse proxies, a proxy in each column, and prints them. */
export function writeTable(measured: readonly MeasuredRow[]): void {
  for (const defaults of [false, true]) {
    const rows = measured.filter((row) => row.defaults === defaults);
    const heads = rows.map(({ proxy, version }) => `${proxy.name} ${version}`);
    const lines = Object.entries(columns).map(([name, { head }]) => [
      head,
      ...rows.map(({ found }) => cell(found[name as ColumnName])),
    ]);
    writeLines(defaults ? 'defaults' : 'shipped', [['', ...heads], ...lines]);
  }
}

/** Replaces the table between the marks of this name, and prints it. */
export function writeLines(mark: string, [heads = [], ...rows]: readonly (readonly string[])[]): void {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const table = [line(heads), `|${'---|'.repeat(heads.length)}`, ...rows.map(line)].join('\n');
  const text = readFileSync(DOCUMENT, 'utf8');
  const place = new RegExp(`(<!-- ${mark}: .* -->\n\n)[^]*?(\n\n<!-- ${mark} end -->)`);
  if (!place.test(text)) throw new Error(`${DOCUMENT} has no place for ${mark}`);
  writeFileSync(
    DOCUMENT,
    text.replace(place, (_, before: string, after: string) => before + table + after),
  );
  process.stdout.write(`${table}\n\n`);
}

function cell(found: string): string {
  return found === 'yes' ? '✓' : found.replaceAll('|', '\\|');
}
