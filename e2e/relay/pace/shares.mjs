/** A pace that is set, five callers of unequal greed on three nodes: 429s, the use of the quota, equal shares, and Retry-After. */
import { askGreedily } from './greedy.mjs';
import { percent, sentTo } from './row.mjs';

/** Requests that each caller always has under way. The greediest is told to come again: it cannot have its URLs within its deadline. */
const GREEDS = [8, 16, 32, 64, 300];

/** Seconds until all have what they want under way. */
const BEFORE = 15;

/** @type {import('./row.mjs').Measure} */
export async function measureShares({ nodes, upstream, scale: { seconds, quota } }) {
  const tokens = await Promise.all(GREEDS.map((_, at) => nodes.createToken(`caller-${at}`)));
  const [began, until] = [Date.now(), performance.now() + seconds * 1000];
  const asked = await Promise.all(
    GREEDS.map((greed, at) => askGreedily(`caller${at}`, { nodes, token: tokens[at] ?? '', greed, until })),
  );
  const sent = sentTo(upstream);
  const ended = began + seconds * 1000;
  const within = sent.filter(({ at, isRefused }) => !isRefused && at >= began + BEFORE * 1000 && at < ended);
  const shares = GREEDS.map(
    (_, at) => within.filter(({ filename }) => filename.startsWith(`caller${at}-`)).length,
  );
  const equal = within.length / GREEDS.length;
  const refused = sent.filter(({ at, isRefused }) => isRefused && at > began + 1000).length;
  const used = within.length / (seconds - BEFORE) / quota;
  const sum = (/** @type {'returned' | 'held'} */ name) => asked.reduce((all, one) => all + one[name], 0);
  const errors = asked.flatMap((one) => one.errors);
  return [
    {
      what: '429s of upstream after the first second',
      is: `${refused} of ${sent.length}`,
      wanted: '0',
      holds: refused === 0,
    },
    { what: 'of the quota used', is: percent(used), wanted: '80 %', holds: used >= 0.8 },
    ...shares.map((share, at) => ({
      what: `share of the caller with ${GREEDS[at]} requests under way, of an equal one`,
      is: percent(share / equal),
      wanted: '80 to 120 %',
      holds: Math.abs(share / equal - 1) <= 0.2,
    })),
    {
      what: 'images with their URL when they came again after Retry-After',
      is: `${sum('held')} of ${sum('returned')}`,
      wanted: '90 %',
      holds: sum('returned') > 0 && sum('held') >= 0.9 * sum('returned'),
    },
    {
      what: 'other answers',
      is: [...new Set(errors)].join(', ') || 'none',
      wanted: 'none',
      holds: errors.length === 0,
    },
  ];
}
