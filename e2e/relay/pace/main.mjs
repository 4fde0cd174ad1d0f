/**
 * Whether a relay of three nodes keeps to upstream's quota of 20 uploads a second, uses it, and is fair: `npm run relay:wide -- pace
 * [--part shares|found|operator] [--seconds N] [--batch N] [--singles N]`. It starts PostgreSQL, Ceph and Redis. A sandbox stands for
 * upstream: it refuses what exceeds the quota, and takes as long as the real one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startSandbox } from '@coupon-media/sandbox';
import { startNodes } from '../storm/nodes.mjs';
import { measureFound } from './found.mjs';
import { measureOperator } from './operator.mjs';
import { measureShares } from './shares.mjs';

/** Uploads a second at upstream. */
const QUOTA = 20;

/** What is measured, and the pace that the relay is given for it; undefined: it finds it. */
const PARTS = {
  shares: { measure: measureShares, pace: QUOTA },
  found: { measure: measureFound, pace: undefined },
  operator: { measure: measureOperator, pace: QUOTA },
};

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== 'pace'),
  options: {
    part: { type: 'string' },
    seconds: { type: 'string', default: '120' },
    batch: { type: 'string', default: '10000' },
    singles: { type: 'string', default: '120' },
  },
});
const scale = {
  seconds: Number(values.seconds),
  batch: Number(values.batch),
  singles: Number(values.singles),
  quota: QUOTA,
};

for (const [name, { measure, pace }] of Object.entries(PARTS)) {
  if (values.part !== undefined && values.part !== name) continue;
  const rows = await onThreeNodes(pace, measure);
  for (const { what, is, wanted, holds } of rows) {
    process.stdout.write(`| ${name} | ${what} | ${is} | ${wanted} | ${holds ? 'yes' : 'NO'} |\n`);
    if (!holds) process.exitCode = 1;
  }
}

/**
 * @param {number | undefined} pace
 * @param {import('./row.mjs').Measure} measure
 */
async function onThreeNodes(pace, measure) {
  const folder = mkdtempSync(path.join(tmpdir(), 'coupon-media-pace-'));
  const upstream = await startSandbox({
    journal: { requests: 200_000, bytes: 2 ** 30 },
    faults: [
      { request: { overQuota: { perSecond: QUOTA } }, response: { refusal: 'rateExceeded' } },
      {
        priority: 9,
        response: { delayDistribution: { type: 'lognormal', median: 200, sigma: 0.4, maxValue: 2_000 } },
      },
    ],
  });
  const nodes = await startNodes({ folder, upstream, pace, deadline: 10_000 });
  try {
    return await measure({ nodes, upstream, scale });
  } finally {
    await nodes.end();
    await upstream.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
