import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { send, signedUpload } from '../../support/exchange.js';
import { uploaderOf } from '../case.js';
import { createSignatureCheck, fingerprint, judgeStore, storedRequests } from '../judge.js';
import { growthOf, watchMemory } from '../memory.js';
import { png } from '../mutations/image.js';
import { createRandom } from '../random.js';
import { type ServiceProcess, startServiceProcess } from '../service.js';
import { count, ranked } from '../tally.js';
import { type Conversation, judgeConversation, makeConversation } from './conversation.js';
import type { Picture, Speaker } from './requests.js';
import { settled, stillHeld, type Vitals, vitalsOf } from './settled.js';
import { type Heard, talk } from './talk.js';

export interface ConverseOptions {
  seconds: number;
  seed: number;
  /** Only this conversation, once. */
  only?: number | undefined;
  /** Conversations under way at a time. Default 16. */
  concurrency?: number;
  /** Told now and then how it goes. */
  onProgress?(connections: number): void;
}

export interface ConverseReport {
  seed: number;
  connections: number;
  /** That were sent whole. */
  requests: number;
  /** Requests by what they are about, and connections by what was done to them. */
  kinds: [name: string, count: number][];
  steps: [name: string, count: number][];
  /** Times at which all was seen to have come back. */
  rests: number;
  /** Records that the store holds at the end, each compared with what was signed. */
  records: number;
  /** Before the first, and when the last had ended. */
  vitals: { before: Vitals; after: Vitals };
  /** MiB: at the start, once warm, at the end. */
  memory: { first: number; warm: number; last: number };
  /** What must not be. Empty is what it should be. */
  failures: string[];
}

/** Failures after which going on tells nothing new. */
const ENOUGH = 10;
/** Seconds after which all pause, for what they held to come back. */
const ROUND = 20;
/** Pictures of which later conversations ask for one. */
const KNOWN = 40;

/** Holds conversations with a whole service, until the time is up or something has gone wrong. */
export async function converse(options: ConverseOptions): Promise<ConverseReport> {
  const { seconds, seed, only, concurrency = 16, onProgress } = options;
  const service = await startServiceProcess();
  try {
    const run = await createRun(service, seed);
    const until = performance.now() + seconds * 1000;
    const memory = watchMemory(service);
    let next = only ?? 0;
    const goesOn = () => performance.now() < until && run.failures.length < ENOUGH && only === undefined;
    do {
      const pause = Math.min(performance.now() + ROUND * 1000, until);
      await Promise.all(
        Array.from({ length: only === undefined ? concurrency : 1 }, async () => {
          do {
            await run.hold(next++);
          } while (goesOn() && performance.now() < pause);
        }),
      );
      await run.rest();
      onProgress?.(next);
    } while (goesOn() && service.exited() === undefined);
    return await run.report(memory());
  } finally {
    await service.stop();
    await service.remove();
  }
}

interface Run {
  readonly failures: string[];
  hold(index: number): Promise<void>;
  /** Sees to it that all came back that was held. */
  rest(): Promise<void>;
  report(memory: number[]): Promise<ConverseReport>;
}

async function createRun(service: ServiceProcess, seed: number): Promise<Run> {
  const { credentials, folder, port } = service;
  const before = await storedRequests(folder);
  const key = readFileSync(credentials.privateKeyPath, 'utf8');
  const uploader = uploaderOf(
    credentials.mchid,
    credentials.certificateSerialNo,
    key,
    credentials.wechatPayPublicKeyId,
  );
  const known: Picture[] = [];
  const speaker: Speaker = { credentials, uploader, check: createSignatureCheck(credentials), known };
  const signed = new Set<string>();
  for (let more = 0; more < 20; more += 1) known.push(await storeFirst(service, more, signed));
  const atFirst = await settled(service, await vitalsOf(service));
  const vitals = { before: atFirst, after: atFirst };
  const kinds = new Map<string, number>();
  const steps = new Map<string, number>();
  const failures: string[] = [];
  let connections = 0;
  let requests = 0;
  let rests = 0;

  function fail({ index, asked, delivery }: Conversation, what: string): void {
    const said = asked.map(({ kind }) => kind).join(', ');
    const how = `${delivery.steps.join(', ')}, then ${delivery.ending}, ${delivery.length} bytes`;
    failures.push(`${what}\n  conversation ${index} of seed ${seed}: ${said}\n  ${how}`);
  }

  async function hold(index: number): Promise<void> {
    const made = await makeConversation(seed, index, speaker);
    const { asked, delivery, complete } = made;
    for (const { picture } of asked) if (picture) signed.add(fingerprint(picture.meta));
    for (const { kind } of asked) count(kinds, kind);
    for (const step of [...delivery.steps, `then ${delivery.ending}`]) count(steps, step);
    connections += 1;
    requests += complete;
    try {
      const isEnded = asked[complete - 1]?.ends === true;
      const expected = complete + (delivery.excess.length > 0 && !isEnded ? 1 : 0);
      const heard = await talk(port, made.whole, delivery, (at) => asked[at]?.isHead === true, expected);
      for (const wrong of await judgeConversation(made, heard)) fail(made, wrong);
      remember(made, heard);
    } catch (cause) {
      // The service may be about to tell how it ended.
      await sleep(200);
      fail(made, `the service is gone (${service.exited() ?? 'still running'}): ${cause}`);
    }
  }

  function remember({ asked, complete }: Conversation, { answers }: Heard): void {
    for (const [at, { status }] of answers.slice(0, complete).entries()) {
      const picture = asked[at]?.picture;
      if (status !== 200 || !picture) continue;
      known.push(picture);
      if (known.length > KNOWN) known.shift();
    }
  }

  return {
    failures,
    hold,
    async rest() {
      rests += 1;
      vitals.after = await settled(service, vitals.before);
      failures.push(...stillHeld(vitals.after, vitals.before));
    },
    async report(samples) {
      const exited = service.exited();
      if (exited !== undefined) failures.push(`the service ended with ${exited}`);
      for (const line of await service.stop()) failures.push(`the service logged: ${line}`);
      const store = await judgeStore(folder, { before, signed, byRequest: new Map() });
      const { growth, ...memory } = growthOf(samples);
      if (growth) failures.push(growth);
      return {
        ...{ seed, connections, requests, rests, vitals, memory },
        ...{ kinds: ranked(kinds), steps: ranked(steps), records: store.records },
        failures: [...failures, ...store.wrong],
      };
    },
  };
}

/** Until the service is warm, too: what it opens once it keeps. */
async function storeFirst(
  { credentials }: ServiceProcess,
  at: number,
  signed: Set<string>,
): Promise<Picture> {
  const file = Buffer.concat([png(4, 4, createRandom(0, at)), Buffer.alloc(at % 2 === 0 ? 90_000 : 500)]);
  const request = await signedUpload(credentials, { file, filename: `first-${at}.png` });
  const { status, text } = await send(credentials, request);
  if (status !== 200) throw new Error(`the first upload is answered ${status} ${text}`);
  const sha256 = /\/([0-9a-f]{64})\.png/.exec(text)?.[1] ?? '';
  const meta = { filename: `first-${at}.png`, sha256 };
  signed.add(fingerprint(meta));
  return { file, meta };
}
