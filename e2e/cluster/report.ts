import type { Fault } from './faults.js';
import type { Journal } from './journal.js';
import type { Verdict } from './verdict.js';

/** The observations from the beginning of a fault until all nodes accepted uploads again. Times are milliseconds. */
export interface Struck {
  readonly fault: Fault;
  /** The beginning and the end of the fault, and the time of recovery. */
  readonly from: number;
  readonly to: number;
  readonly end: number;
  readonly load: ReadonlyMap<Verdict, number>;
  readonly replays: ReadonlyMap<Verdict, number>;
  readonly hurried: ReadonlyMap<Verdict, number>;
  /** Uploads acknowledged during the fault. */
  readonly during: number;
  /** The time from the end of the fault until an upload sent afterwards was acknowledged, by any node and by each. */
  readonly recovered: number;
  readonly allRecovered: number;
  /** The longest request of a client. */
  readonly longest: number;
  readonly calls: Journal['calls'];
  /** Uploads acknowledged since the beginning of the fault that are not served in the end. */
  readonly lost: number;
  /** The uploads above the quota in the worst period; none if 0 or less. */
  readonly beyond: number;
}

export const FAULT_HEAD = [
  'fault',
  'lasted',
  'acknowledged: meanwhile, in all',
  'lost',
  'other answers',
  'the SDK: calls, failed, longest',
  'replays: tried, accepted',
  'quota: allowed, beyond',
  'first success after',
  'every node after',
  'longest answer',
];

/** One row of the table of faults. */
export function summaryOf({ fault, from, to, load, replays, ...struck }: Struck): string[] {
  const all = load.get('acknowledged') ?? 0;
  const others = [...load].filter(([verdict]) => !['acknowledged', '400 signed'].includes(verdict));
  const tried = [...replays.values()].reduce((sum, n) => sum + n, 0);
  const accepted = (replays.get('acknowledged') ?? 0) + (replays.get('400 signed') ?? 0);
  const failed = struck.calls.filter(({ error }) => error !== undefined).length;
  const longestCall = Math.max(0, ...struck.calls.map(({ sentAt, answeredAt }) => answeredAt - sentAt));
  return [
    fault.title,
    seconds(to - from),
    `${struck.during}, ${all}`,
    String(struck.lost),
    others.map(([verdict, n]) => `${n} × ${verdict}`).join(', ') || 'none',
    `${struck.calls.length}, ${failed}, ${seconds(longestCall)}`,
    `${tried}, ${accepted}`,
    `${struck.hurried.get('acknowledged') ?? 0}, ${Math.max(0, struck.beyond).toFixed(1)}`,
    seconds(struck.recovered),
    seconds(struck.allRecovered),
    seconds(struck.longest),
  ];
}

/** The summary of the whole run, one line each. */
export function totalsOf(journal: Journal, quota: number, from: number, to: number): string[] {
  const count = (who: Journal['answers'][number]['who'], verdict?: Verdict) =>
    journal.answers.filter((a) => a.who === who && (!verdict || a.verdict === verdict)).length;
  const failed = journal.calls.filter(({ error }) => error !== undefined).length;
  const accepted = count('replay', 'acknowledged') + count('replay', '400 signed');
  const [allowed, time] = [count('hurried', 'acknowledged'), (to - from) / 1000];
  const configured = 2 * quota + quota * time;
  return [
    `${journal.acknowledged.length} uploads acknowledged in ${time.toFixed(0)} s`,
    `${journal.calls.length} of them by the SDK's calls, of which ${failed} failed for good`,
    `replays offered to other nodes: ${count('replay')} tried, ${accepted} accepted, ${count('replay', '401 signed')} × 401, ` +
      `${count('replay', '500 SYSTEM_ERROR signed')} × 500, ${count('replay', 'connection broken')} to a node that was down`,
    `quota of ${quota}/s on three nodes: ${count('hurried')} offered, ${allowed} allowed, ${configured.toFixed(0)} configured ` +
      '(its time and one burst; each loss of memory by Redis gives a burst more)',
  ];
}

/** The report in Markdown. */
export function tableOf(rows: readonly (readonly string[])[]): string {
  const [head = [], ...rest] = rows;
  return [head, head.map(() => '---'), ...rest].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
