import { type ErrorCode, type RefusalName, refusals } from '@coupon-media/apiv3';
import { LONGEST_DELAY } from './delay.js';
import type { FaultRow } from './row.js';
import type { FaultResponse } from './rule.js';
import { FAULT_NAMES, faultRow } from './table.js';

/** A fault that the name of an uploaded file asks for. */
export interface NamedFault {
  /** As it stands in the filename: `429`, `unsigned`. */
  readonly name: string;
  readonly response: FaultResponse;
  /** How many uploads of this name get it. */
  readonly count: number;
}

/**
 * Reads `fault-429.png`, `fault-unsigned.png`, `fault-delay-3000.png`; `fault-429-x2.png` is one for the first two uploads of that
 * name. This is for people who can change nothing but the file that they upload.
 *
 * @returns undefined for any other filename
 */
export function faultOfFilename(filename: string): NamedFault | undefined {
  const [, name, count] = /^fault-(.+?)(?:-x(\d{1,4}))?\.(?:jpe?g|png|bmp)$/i.exec(filename) ?? [];
  const response = name === undefined ? undefined : responseOf(name);
  if (name === undefined || response === undefined) return undefined;
  return { name, response, count: count === undefined ? Number.POSITIVE_INFINITY : Number(count) };
}

function responseOf(name: string): FaultResponse | undefined {
  const [, kind, milliseconds] = /^(delay|dribble)-(\d{1,6})$/.exec(name) ?? [];
  if (kind !== undefined) return delayOf(kind, Math.min(Number(milliseconds), LONGEST_DELAY));
  return BY_NAME.get(name.toLowerCase());
}

function delayOf(kind: string, milliseconds: number): FaultResponse {
  if (kind === 'delay') return { fixedDelayMilliseconds: milliseconds };
  return { chunkedDribbleDelay: { numberOfChunks: 10, totalDuration: milliseconds } };
}

/** Which row stands for the others of its code, and of its status. */
const OF_CODE: Readonly<Record<ErrorCode, RefusalName>> = {
  PARAM_ERROR: 'digestWrong',
  INVALID_REQUEST: 'imageHeaderBroken',
  SIGN_ERROR: 'signatureWrong',
  NO_AUTH: 'permissionMissing',
  RATELIMIT_EXCEEDED: 'rateExceeded',
  SYSTEM_ERROR: 'systemError',
};

/** Stages at which the filename is not known yet. */
const BEFORE_FILENAME: ReadonlySet<FaultRow['stage']> = new Set<FaultRow['stage']>(['head', 'listening']);

const BY_NAME: ReadonlyMap<string, FaultResponse> = new Map<string, FaultResponse>([
  ...FAULT_NAMES.filter((fault) => !BEFORE_FILENAME.has(faultRow(fault).stage)).map(
    (fault) => [fault.toLowerCase().replaceAll('_', '-'), { fault }] as const,
  ),
  ...(Object.keys(refusals) as RefusalName[]).map((refusal) => [refusal.toLowerCase(), { refusal }] as const),
  ...Object.values(OF_CODE).flatMap(
    (refusal) =>
      [
        [String(refusals[refusal].status), { refusal }],
        [refusals[refusal].code.toLowerCase().replaceAll('_', '-'), { refusal }],
      ] as const,
  ),
  ['502', { fault: 'BAD_GATEWAY' }],
  ['503', { fault: 'SERVICE_UNAVAILABLE' }],
  ['504', { fault: 'GATEWAY_TIMEOUT' }],
]);
