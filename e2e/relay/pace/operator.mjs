/** An operator's single uploads, one after the other, during a batch that others brought without waiting. */
import { setTimeout as sleep } from 'node:timers/promises';
import { newImage, post } from './greedy.mjs';
import { sentTo } from './row.mjs';

/** Requests of the batch at a time. */
const TOGETHER = 16;

/** @type {import('./row.mjs').Measure} */
export async function measureOperator({ nodes, upstream, scale: { batch, singles } }) {
  const [batchToken, operatorToken] = await Promise.all(
    ['batch', 'operator'].map((name) => nodes.createToken(name)),
  );
  let left = batch;
  let accepted = 0;
  await Promise.all(
    Array.from({ length: TOGETHER }, async () => {
      while (left > 0) {
        left -= 1;
        const url = nodes.all[left % nodes.all.length]?.url;
        const { status } = await post(url, batchToken ?? '', newImage('batch'), { prefer: 'respond-async' });
        if (status === 202) accepted += 1;
      }
    }),
  );
  const times = [];
  let urls = 0;
  for (let single = 0; single < singles; single += 1) {
    const began = performance.now();
    const { status } = await post(
      nodes.all[single % nodes.all.length]?.url,
      operatorToken ?? '',
      newImage('single'),
    );
    times.push(performance.now() - began);
    if (status === 200) urls += 1;
    await sleep(500 * Math.random());
  }
  const sorted = times.sort((one, other) => one - other);
  const p99 = sorted[Math.ceil(singles * 0.99) - 1] ?? Number.POSITIVE_INFINITY;
  const done = sentTo(upstream).filter(({ filename }) => filename.startsWith('batch')).length;
  return [
    {
      what: 'images of the batch accepted',
      is: `${accepted}`,
      wanted: `${batch}`,
      holds: accepted === batch,
    },
    {
      what: 'of these at upstream when the last single upload had its URL',
      is: `${done}`,
      wanted: 'not all',
      holds: done < batch,
    },
    { what: 'single uploads with their URL', is: `${urls}`, wanted: `${singles}`, holds: urls === singles },
    {
      what: 'milliseconds of a single upload, median and p99',
      is: `${Math.round(sorted[Math.floor(singles / 2)] ?? 0)}, ${Math.round(p99)}`,
      wanted: 'p99 2000',
      holds: p99 <= 2_000,
    },
  ];
}
