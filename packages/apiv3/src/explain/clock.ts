import { isRequestTimely } from '../request.js';
import type { Evidence, Facts } from './evidence.js';
import { type Finding, finding } from './findings.js';

/** Whether the timestamp is too far from the clock (contract 2.6); the caller's own clock proves nothing. */
export function clockFindings({ now, serverNow }: Evidence, { lines }: Facts): Finding[] {
  const { timestamp = '' } = lines;
  const clock = serverNow ?? now;
  if (clock === undefined || !/^\d{10}$/.test(timestamp) || isRequestTimely(timestamp, clock)) return [];
  const seconds = Math.round(Number(timestamp) - clock);
  return [finding('clockOff', serverNow !== undefined, { seconds })];
}
