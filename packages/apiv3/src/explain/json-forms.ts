import { latin1 } from './latin1.js';

/**
 * Gives the forms that a JSON text may take when a program parses and serialises it again.
 *
 * @param body Latin-1 text: one character per byte
 * @returns Latin-1 texts; if the body is not JSON, only its variants of white space
 */
export function jsonForms(body: string): string[] {
  const forms = [body, ...rewritten(Buffer.from(body, 'latin1').toString('utf8')).map(latin1)];
  const spaced = [...forms, body.trim(), body.replaceAll('\r\n', '\n'), body.replace(/\r?\n/g, '\r\n')];
  // The unchanged body followed by a line feed is another mistake: one line feed too many.
  return spaced.flatMap((form) => [form, `${form}\n`]).filter((form) => form !== `${body}\n`);
}

function rewritten(text: string): string[] {
  const value = parse(text);
  if (value === undefined) return [];
  const orders = [value, reordered(value, reversed), reordered(value, sorted)];
  return orders.flatMap((order) => WRITERS.map((write) => write(order)));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The serialisers of common languages. */
const WRITERS: readonly ((value: unknown) => string)[] = [
  (value) => JSON.stringify(value),
  (value) => JSON.stringify(value, null, 2),
  (value) => JSON.stringify(value, null, 4),
  (value) => JSON.stringify(value, null, '\t'),
  // Python's json.dumps, with ensure_ascii and without.
  (value) => ascii(withSpaces(value)),
  (value) => withSpaces(value),
  // PHP's json_encode without flags, with JSON_UNESCAPED_UNICODE, and with JSON_UNESCAPED_SLASHES.
  (value) => ascii(JSON.stringify(value).replaceAll('/', '\\/')),
  (value) => JSON.stringify(value).replaceAll('/', '\\/'),
  (value) => ascii(JSON.stringify(value)),
  // Go's json.Marshal.
  (value) => JSON.stringify(value).replace(/[<>&]/g, escaped),
];

// One line, with a space after each comma and colon that stands between values.
function withSpaces(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(withSpaces).join(', ')}]`;
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${withSpaces(item)}`);
  return `{${entries.join(', ')}}`;
}

function ascii(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

type Entries = [string, unknown][];

const reversed = (entries: Entries): Entries => entries.reverse();
const sorted = (entries: Entries): Entries => entries.sort(([a], [b]) => (a < b ? -1 : 1));

function reordered(value: unknown, order: (entries: Entries) => Entries): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(order(Object.entries(value)));
}
