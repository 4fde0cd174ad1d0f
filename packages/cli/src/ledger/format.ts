import { originOf } from '@coupon-media/apiv3';
import { CommandError } from '../shell/failure.js';

/** The service and the merchant of a ledger: uploads to one service say nothing about another. */
export interface LedgerTitle {
  /** Origin of the main host. */
  readonly service: string;
  /** mchid or brand id. */
  readonly merchant: string;
}

/** One completed upload. */
export interface LedgerRow {
  /** Of the bytes sent: 64 hex digits. */
  readonly sha256: string;
  readonly imageUrl: string;
  /** As meta carried it. */
  readonly filename: string;
  readonly bytes: number;
  /** Pixels. Ledgers of earlier versions do not have them. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly requestId?: string | undefined;
  /** RFC 3339. */
  readonly at: string;
  /** For a prepared image: the digest of its source, and the options of the preparation. */
  readonly source?: string | undefined;
}

/** The fixed fields in the first line of a ledger. */
export const TITLE_FORMAT = { ledger: 'coupon-media upload', version: 1 } as const;

export function titleOf({ service, merchant }: LedgerTitle): string {
  // Earlier runs may have written another spelling of the same origin.
  return `${merchant} @ ${originOf(service) ?? service}`;
}

export interface LedgerText {
  rows: { title: LedgerTitle | undefined; uploads: LedgerRow[] };
  /** Bytes up to the end of the last complete line. */
  wholeBytes: number;
}

/** @throws CommandError if it is not a ledger, so that no other file is overwritten */
export function readLedgerText(bytes: Buffer, file: string): LedgerText {
  const wholeBytes = endOfLines(bytes);
  const [first, ...lines] = bytes.toString('utf8', 0, wholeBytes).split('\n').slice(0, -1);
  if (first === undefined) {
    // Less than a line: a title that a crash cut off, or another file.
    if (!TITLE_START.startsWith(bytes.toString('utf8', 0, TITLE_START.length))) throw notOne(file);
    return { rows: { title: undefined, uploads: [] }, wholeBytes: 0 };
  }
  const title = parsed(first);
  if (!isTitle(title)) throw notOne(file);
  return { rows: { title, uploads: lines.map(parsed).filter(isRow) }, wholeBytes };
}

/** Finds the end of the last line that is not empty: a killed run may have left reserved space as empty lines. */
function endOfLines(bytes: Buffer): number {
  let end = bytes.lastIndexOf(0x0a) + 1;
  while (end > 1 && bytes[end - 2] === 0x0a) end -= 1;
  return end === 1 ? 0 : end;
}

const TITLE_START = '{"ledger":';

export function notOne(file: string): CommandError {
  return new CommandError('ledger.notOne', { file });
}

/** A damaged line (a fault of the disk) costs one more upload, not the whole ledger. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isTitle(value: unknown): value is LedgerTitle {
  const { ledger, version, service, merchant } = fieldsOf(value);
  if (ledger !== TITLE_FORMAT.ledger || version !== TITLE_FORMAT.version) return false;
  return isPlainText(service) && isPlainText(merchant);
}

/**
 * A row is printed, and it replaces an upload. So a line that no run of this program wrote is ignored like a damaged one, which
 * costs one more upload.
 */
function isRow(value: unknown): value is LedgerRow {
  const fields = fieldsOf(value);
  return Object.entries(FORMS).every(([name, fits]) => fits(fields[name]));
}

const FORMS: { readonly [Name in keyof Required<LedgerRow>]: (value: unknown) => boolean } = {
  sha256: (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
  imageUrl: isWebAddress,
  filename: isPlainText,
  bytes: isCount,
  width: (value) => value === undefined || isCount(value),
  height: (value) => value === undefined || isCount(value),
  requestId: (value) => value === undefined || isPlainText(value),
  at: isPlainText,
  source: (value) => value === undefined || isPlainText(value),
};

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** Tells whether a value is text on one line, without control characters for a terminal, and short enough to print. */
function isPlainText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 1024 && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value);
}

function isWebAddress(value: unknown): boolean {
  if (!isPlainText(value) || /\s/.test(value) || !URL.canParse(value)) return false;
  return ['https:', 'http:'].includes(new URL(value).protocol);
}
