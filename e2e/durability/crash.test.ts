import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Credentials } from '@coupon-media/sandbox';
import { expect, test } from 'vitest';
import { createRandom, type Random } from '../fuzz/random.js';
import { send } from '../support/exchange.js';
import { couponMedia } from '../support/run.js';
import { fetched, flawsOf, notServed } from './evidence.js';
import { type ImageUpload, someImage, type TestImage, uploadOf, urlOf } from './images.js';
import { type Acknowledged, type LoadResult, uploadOver } from './load.js';
import {
  begin,
  credentialsOf,
  prepareFolder,
  removeAfterwards,
  type ServiceProcess,
  serve,
} from './service.js';

// Takes 20 s: eight rounds of load, kill and restart.

/** How often the service is killed under load. */
const ROUNDS = Number(process.env.TEST_CRASH_ROUNDS ?? 8);
/** Decides about sizes, order and times. Their effect on the machine differs from run to run. */
const SEED = Number(process.env.TEST_CRASH_SEED ?? randomInt(2 ** 31));

const CONNECTIONS = 6;
/** The most responses before a kill. */
const ANSWERS = 60;
/** Requests that are repeated after each restart. */
const REPLAYS = 4;

test('kills under load lose nothing that was acknowledged and leave nothing half written', {
  timeout: 60_000 + ROUNDS * 30_000,
}, async () => {
  const folder = await prepareFolder();
  removeAfterwards(folder);
  const credentials = await credentialsOf(folder);
  const tally = { starts: 0, acknowledged: 0, underWay: 0, there: 0, replays: 0 };
  const promised = new Map<string, string>();
  const seen = new Set<string>();
  // The next round uploads these again.
  let repeated: TestImage[] = [];

  let service = await serve(folder);
  for (let round = 0; round < ROUNDS; round += 1) {
    const random = createRandom(SEED, round);
    const uploads = await prepare(credentials, random, repeated);
    const { acknowledged, broken, refused, surprises } = await loadAndKill(
      credentials,
      uploads,
      service,
      random,
    );
    expect([...surprises, ...refused.map(() => 500)], `round ${round}, seed ${SEED}`).toEqual([]);
    if (random.once(3)) {
      await killWhileStarting(folder, random);
      tally.starts += 1;
    }
    service = await serve(folder);

    expect(await flawsOf(folder), `after round ${round}, seed ${SEED}`).toEqual([]);
    expect(await notServed(folder, credentials, seen)).toEqual([]);
    expect(await lost(promisesOf(acknowledged))).toEqual([]);
    tally.replays += await replay(credentials, acknowledged);
    tally.there += await thereWhole(credentials, broken);

    for (const [digest, url] of promisesOf(acknowledged)) promised.set(digest, url);
    tally.acknowledged += acknowledged.length;
    tally.underWay += broken.length;
    // A client without a response tries again with a new signature. Some images are uploaded once more.
    repeated = [...broken, ...acknowledged.slice(0, 2)].map(({ image }) => image);
  }

  const gone = await lost(promised);
  expect(gone).toEqual([]);
  expect(await couponMedia('store', 'check', '--data', folder)).toMatchObject({ code: 0 });
  await service.kill();
  process.stdout.write(
    `crash: seed ${SEED}: ${ROUNDS} kills under load, ${tally.starts} while starting; ` +
      `${tally.acknowledged} uploads acknowledged, ${gone.length} lost; ` +
      `${tally.underWay} under way at a kill, ${tally.there} of them there and whole, the others not there; ` +
      `${tally.replays} acknowledged requests made again, all refused\n`,
  );
});

/** Returns the uploads of a round: earlier ones, then new images, some of them on two connections at the same time. */
async function prepare(
  credentials: Credentials,
  random: Random,
  repeated: readonly TestImage[],
): Promise<ImageUpload[]> {
  const images = [...repeated];
  while (images.length < ANSWERS + 4 * CONNECTIONS) {
    const image = someImage(random);
    images.push(image, ...(random.once(10) ? [image] : []));
  }
  return Promise.all(images.map((image) => uploadOf(credentials, image, random.once(3) ? 'file' : 'meta')));
}

/** Kills the service after some responses and a further random delay. */
async function loadAndKill(
  credentials: Credentials,
  uploads: readonly ImageUpload[],
  service: ServiceProcess,
  random: Random,
): Promise<LoadResult> {
  const answers = 1 + random.below(ANSWERS);
  const millis = random.below(20);
  let answered = 0;
  let killed: Promise<void> | undefined;
  const waiting = uploads.values();
  const result = await uploadOver(
    CONNECTIONS,
    credentials,
    async () => waiting.next().value,
    () => {
      answered += 1;
      if (answered >= answers) killed ??= sleep(millis).then(service.kill);
    },
  );
  await killed;
  return result;
}

/** Kills a service before it listens, or as soon as it does. */
async function killWhileStarting(folder: string, random: Random): Promise<void> {
  const running = await begin(folder);
  await sleep(random.below(800));
  await running.stop('SIGKILL');
}

/**
 * Repeats some acknowledged requests, each of which must be refused (contract 2.9).
 *
 * @returns their number
 */
async function replay(credentials: Credentials, acknowledged: readonly Acknowledged[]): Promise<number> {
  const again = acknowledged.slice(-REPLAYS);
  for (const { signed } of again)
    expect(await send(credentials, signed)).toMatchObject({
      status: 401,
      text: expect.stringContaining('"SIGN_ERROR"'),
    });
  return again.length;
}

/**
 * Looks for images that were in progress. Each must exist completely or not at all.
 *
 * @returns the number of those that exist
 */
async function thereWhole(credentials: Credentials, broken: readonly ImageUpload[]): Promise<number> {
  const served = await Promise.all(
    broken.map(({ image }) => fetched(urlOf(credentials, image), image.sha256)),
  );
  expect(served).not.toContain('wrong');
  return served.filter((found) => found === 'exact').length;
}

/** The URLs that were given, by digest. */
function promisesOf(acknowledged: readonly Acknowledged[]): Map<string, string> {
  return new Map(acknowledged.map(({ image, url }) => [image.sha256, url]));
}

/** @returns URLs that do not return their bytes */
async function lost(promised: ReadonlyMap<string, string>): Promise<string[]> {
  const gone: string[] = [];
  for (const [digest, url] of promised) if ((await fetched(url, digest)) !== 'exact') gone.push(url);
  return gone;
}
