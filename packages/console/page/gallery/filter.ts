import { signal } from '@preact/signals';

/** How images are looked for: each way has an index of the server, and two at once have none. */
export const WAYS = ['all', 'filename', 'sha256', 'caller', 'pixels'] as const;
export type Way = (typeof WAYS)[number];

export interface Filter {
  readonly way: Way;
  readonly text: string;
  /** Days as `2026-11-28`, of the clock of whoever looks; empty for none. */
  readonly since: string;
  readonly until: string;
}

export const filter = signal<Filter>({ way: 'all', text: '', since: '', until: '' });

/** The ways that are ordered by time, and can be bounded by it. */
export function hasTime(way: Way): boolean {
  return way !== 'filename' && way !== 'sha256';
}

/** Whether the newest image that matches is the first. */
export function isNewestFirst({ way, until }: Filter): boolean {
  return hasTime(way) && until === '';
}

/** @returns the parameters of `GET /v1/images` */
export function queryOf({ way, text, since, until }: Filter): Record<string, string> {
  const wanted = TIDY[way](text.trim());
  return {
    ...(way !== 'all' && wanted !== '' && { [way]: wanted }),
    ...(hasTime(way) && since !== '' && { since: startOf(since, 0) }),
    ...(hasTime(way) && until !== '' && { until: startOf(until, 1) }),
  };
}

/** What people write, as the server reads it. */
const TIDY: Readonly<Record<Way, (text: string) => string>> = {
  all: () => '',
  filename: (text) => text,
  sha256: (text) => text.toLowerCase(),
  caller: (text) => text,
  pixels: (text) => text.replace(/\s/g, '').replace(/[×*Xｘ]/, 'x'),
};

/** @param after days later */
function startOf(day: string, after: number): string {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + after).toISOString();
}
