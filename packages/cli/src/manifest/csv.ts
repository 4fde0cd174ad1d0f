/** A cell of a table. */
export type Cell = string | number | undefined;

/**
 * Writes a table in CSV (RFC 4180) with a byte order mark: without it, Excel does not detect UTF-8, and Chinese names are garbled.
 * A text that a spreadsheet would take for a formula gets an apostrophe, which {@link readCsv} removes (OWASP, CSV injection). The
 * same holds behind what another spreadsheet may take for the end of a cell.
 */
export function writeCsv(rows: readonly (readonly Cell[])[]): string {
  return `\ufeff${rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')}`;
}

/** Reads a table that was written here, also if a spreadsheet has saved it again. */
export function readCsv(text: string, separator = ','): string[][] {
  const form = new RegExp(
    `(?:"([^"]*(?:""[^"]*)*)"|([^${separator}\\r\\n]*))(${separator}|\\r?\\n|\\r|$)`,
    'y',
  );
  const rows: string[][] = [];
  let row: string[] = [];
  while (form.lastIndex < text.length) {
    const [, quoted, bare = '', end] = form.exec(text) ?? [];
    if (end === undefined) return rows;
    row.push((quoted?.replaceAll('""', '"') ?? bare).replace(DISARMED, '$1'));
    if (end === separator && form.lastIndex < text.length) continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

function cell(value: Cell): string {
  const text = typeof value === 'number' ? String(value) : (value ?? '').replace(FORMULA, "'$1");
  return /[",;\t\r\n|]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Apostrophes before what begins a formula, where a cell begins or may seem to begin. */
const START = '(?<=^|[,;|"\\t\\r\\n])';
const BEGINS = '(?=[=+\\-@\\t\\r\\n\\uff1d\\uff0b\\uff0d\\uff20])';
const FORMULA = new RegExp(`${START}('*)${BEGINS}`, 'g');
const DISARMED = new RegExp(`${START}'('*)${BEGINS}`, 'g');
