import { describe, expect, test } from 'vitest';
import { useEngines } from '../tools/engines/index.mjs';
import { attack } from './attack/attack.js';
import { TOGETHER } from './attack/attacks.js';

// Takes 60 s: a service attacked for five seconds, directly and behind each proxy.
// `npm run attack -- --seconds 120` is the long run. This one shows that all attacks at once harm no honest upload.
const { needed: haproxy } = await useEngines('balancer');
const { needed: nginx } = await useEngines('nginx');

for (const [front, needed] of [
  ['direct', {}],
  ['HAProxy', haproxy],
  ['nginx', nginx],
] as const) {
  describe(`all attacks at once, ${front}`, needed, () => {
    test('honest uploads and probes pass, and everything comes back', { timeout: 120_000 }, async () => {
      const rows = await attack({ seconds: 5, only: [TOGETHER], fronts: [front], inThisProcess: true });
      expect(rows.map(({ failures }) => failures)).toEqual([[], []]);
      expect(rows.map(({ seen }) => seen.uploads > 0)).toEqual([true, true]);
    });
  });
}
