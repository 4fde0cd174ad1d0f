// Wishes and records in one folder until it is killed, and says what was durable: `wished DIGEST`, `recorded DIGEST`.

import { createHash } from 'node:crypto';
import { openOutbox, upgradeRelay } from '@coupon-media/relay';
import { openEmbeddedEngines } from '@coupon-media/server';

const [folder = '', seed = ''] = process.argv.slice(2);
const engines = await openEmbeddedEngines({ data: folder }, Date.now, { warn() {} });
await upgradeRelay(engines.database);
const outbox = await openOutbox(engines.database);
let count = 0;

/** @param {string} line */
const say = (line) => process.stdout.write(`${line}\n`);

async function work() {
  for (;;) {
    count += 1;
    const sha256 = createHash('sha256').update(`${seed} ${count}`).digest('hex');
    const wish = {
      account: 'shop',
      endpoint: 'product-coupon',
      sha256,
      kind: 'png',
      filename: 'a.png',
      bytes: 1,
    };
    await outbox.wish({ ...wish, caller: `${count % 3}`, since: Date.now() });
    say(`wished ${sha256}`);
    const [claim] = await outbox.claim('shop', 1, Date.now() + 60_000);
    if (!claim || count % 3 === 0) continue;
    await outbox.record(claim, {
      value: `https://pic.example/${claim.sha256}`,
      upstreamRequestId: 'R-0',
      at: 1,
    });
    say(`recorded ${claim.sha256}`);
  }
}

await Promise.all(Array.from({ length: 16 }, work));
