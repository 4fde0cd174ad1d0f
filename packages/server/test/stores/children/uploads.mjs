// Uploads one image after another and reports each: `kept SHA256 SIZE` once its commit has resolved, or
// `failed SHA256 SIZE CODE`.
// usage: node uploads.mjs FOLDER SEED CONCURRENCY SIZE…
// Commands on standard input: a number uploads this many and prints `done`; `on` uploads until the process is killed; the
// end of the input closes the store.
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { openEmbeddedStore } from '../../../dist/stores/embedded/index.js';

const [folder, seed, concurrency, ...sizes] = process.argv.slice(2);
const store = await openEmbeddedStore({ folder });
say('ready');
let next = 0;
for await (const asked of createInterface({ input: process.stdin })) {
  const end = asked === 'on' ? Number.POSITIVE_INFINITY : next + Number(asked);
  await Promise.all(Array.from({ length: Number(concurrency) }, () => uploadUntil(end)));
  say('done');
}
await store.close();

async function uploadUntil(end) {
  while (next < end) await upload(next++);
}

async function upload(index) {
  const seeded = createHash('sha512').update(`${seed} ${index}`).digest();
  const bytes = Buffer.alloc(Number(sizes[index % sizes.length]), seeded);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const draft = store.images.draft();
  try {
    for (let at = 0; at < bytes.length; at += 16_384) await draft.write(bytes.subarray(at, at + 16_384));
    await draft.commit({
      merchant: '1900000001',
      filename: `${index}.png`,
      sha256,
      kind: 'png',
      bytes: bytes.length,
      width: 1,
      height: 1,
      uploadedAt: Date.now(),
      requestId: `${seed}-${index}`,
      nonce: { key: `${seed} ${index}`, expiresAt: Math.floor(Date.now() / 1000) + 300 },
    });
    say(`kept ${sha256} ${bytes.length}`);
  } catch (error) {
    say(`failed ${sha256} ${bytes.length} ${error.cause?.code ?? error.stack.replaceAll('\n', ' ')}`);
  } finally {
    await draft.discard();
  }
}

// The write is synchronous, so that a process that is killed later has reported it.
function say(line) {
  writeSync(1, `${line}\n`);
}
