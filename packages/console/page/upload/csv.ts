/**
 * Writes a table in CSV (RFC 4180), with a byte order mark, without which a Chinese Excel takes it for GBK. A text that a spreadsheet
 * would take for a formula gets an apostrophe, as in the manifest of the command line (OWASP, CSV injection).
 */
export function writeCsv(rows: readonly (readonly (string | number)[])[]): string {
  return `\ufeff${rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')}`;
}

function cell(value: string | number): string {
  const text = typeof value === 'number' ? String(value) : value.replace(FORMULA, "'$1");
  return /[",;\t\r\n|]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Where a cell begins or may seem to begin: what begins a formula, ASCII or full width. */
const FORMULA = /(?<=^|[,;|"\t\r\n])('*)(?=[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])/g;
