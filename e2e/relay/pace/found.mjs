/** A pace that is to be found, while callers always want more: 429s, and the use of the quota in the end. */
import { askGreedily } from './greedy.mjs';
import { percent, sentTo } from './row.mjs';

/** Seconds at the end that count. */
const LAST = 30;

/** @type {import('./row.mjs').Measure} */
export async function measureFound({ nodes, upstream, scale: { seconds, quota } }) {
  const [began, until] = [Date.now(), performance.now() + seconds * 1000];
  await Promise.all(
    [20, 40, 80].map((greed, at) => askGreedily(`caller${at}`, { nodes, token: nodes.token, greed, until })),
  );
  const ended = began + seconds * 1000;
  const sent = sentTo(upstream).filter(({ at }) => at < ended);
  const refused = sent.filter(({ isRefused }) => isRefused).length / sent.length;
  const last = sent.filter(({ at, isRefused }) => !isRefused && at >= ended - LAST * 1000).length;
  const used = last / LAST / quota;
  return [
    {
      what: '429s of upstream, of all requests',
      is: percent(refused),
      wanted: '2 %',
      holds: refused <= 0.02,
    },
    {
      what: `of the quota used in the last ${LAST} s`,
      is: percent(used),
      wanted: '80 %',
      holds: used >= 0.8,
    },
  ];
}
