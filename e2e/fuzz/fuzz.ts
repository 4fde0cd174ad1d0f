import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { send, signedUpload } from '../support/exchange.js';
import type { Answer } from './answers.js';
import { type Case, makeCase, uploaderOf } from './case.js';
import { exchange } from './exchange.js';
import { createAnswerJudge, fingerprint, judgeStore, storedRequests } from './judge.js';
import { growthOf, watchMemory } from './memory.js';
import { type ServiceProcess, startServiceProcess } from './service.js';
import { count, ranked } from './tally.js';

export interface FuzzOptions {
  seconds: number;
  seed: number;
  /** Only this case, once. */
  only?: number | undefined;
  /** Requests under way at a time. Default 16. */
  concurrency?: number;
  /** Told now and then how it goes. */
  onProgress?(tried: number): void;
}

export interface FuzzReport {
  seed: number;
  /** Requests sent. */
  tried: number;
  /** Answers by status, code and message, the commonest first. */
  answers: [answer: string, count: number][];
  /** Requests by mutation. */
  mutations: [name: string, count: number][];
  /** Records that the store holds at the end. */
  records: number;
  /** Well-formed uploads sent in between, all of which have to succeed. */
  honest: number;
  /** MiB: at the start, once warm, at the end. */
  memory: { first: number; warm: number; last: number };
  /** What must not be. Empty is what it should be. */
  failures: string[];
}

/** Every so many requests an honest upload has to go through as ever. */
const HONEST_EVERY = 100;
/** Failures after which going on tells nothing new. */
const ENOUGH = 10;

/** Mutates signed uploads against a whole service, until the time is up or something has gone wrong. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const service = await startServiceProcess();
  try {
    const run = await createRun(service, options);
    const until = performance.now() + options.seconds * 1000;
    const goesOn = () =>
      performance.now() < until && run.failures.length < ENOUGH && service.exited() === undefined;
    const watch = watchMemory(service);
    let next = options.only ?? 0;
    async function worker(): Promise<void> {
      do {
        await run.tryCase(next++);
      } while (goesOn() && options.only === undefined);
    }
    const workers = options.only === undefined ? (options.concurrency ?? 16) : 1;
    await Promise.all(Array.from({ length: workers }, worker));
    return await run.report(watch());
  } finally {
    await service.stop();
    await service.remove();
  }
}

interface Run {
  readonly failures: string[];
  tryCase(index: number): Promise<void>;
  report(memory: number[]): Promise<FuzzReport>;
}

async function createRun(service: ServiceProcess, { seed, onProgress }: FuzzOptions): Promise<Run> {
  const { credentials, folder, port } = service;
  const uploader = uploaderOf(
    credentials.mchid,
    credentials.certificateSerialNo,
    readFileSync(credentials.privateKeyPath, 'utf8'),
    credentials.wechatPayPublicKeyId,
  );
  const judgeAnswer = createAnswerJudge(credentials);
  const before = await storedRequests(folder);
  const signed = new Set<string>();
  const byRequest = new Map<string, string | undefined>();
  const answers = new Map<string, number>();
  const mutations = new Map<string, number>();
  const failures: string[] = [];
  let tried = 0;
  let honest = 0;

  function fail({ index, steps, wire }: Case, what: string): void {
    const head = JSON.stringify(wire.head.slice(0, 600));
    failures.push(
      `${what}\n  case ${index} of seed ${seed}: ${steps.join(', ') || 'as it should be'}\n  ${head}`,
    );
  }

  async function tryHonestly(): Promise<void> {
    const request = await signedUpload(credentials, { filename: `honest-${honest}.png` });
    const { status, fault, text, headers } = await send(credentials, request);
    honest += 1;
    const { filename, sha256 } = JSON.parse(
      String(/\{"filename.*?\}/.exec(request.body.toString('latin1'))?.[0]),
    );
    signed.add(fingerprint({ filename, sha256 }));
    byRequest.set(requestIdOf(String(headers['request-id'])), fingerprint({ filename, sha256 }));
    if (status !== 200 || fault)
      failures.push(`an honest upload was answered ${status} ${fault ?? ''} ${text}`);
  }

  async function tryCase(index: number): Promise<void> {
    const made = await makeCase(seed, index, uploader);
    const print = made.signed && fingerprint(made.signed);
    if (print !== undefined) signed.add(print);
    for (const step of made.steps) count(mutations, step);
    tried += 1;
    if (tried % 1000 === 0) onProgress?.(tried);
    try {
      const { answers: got, garbage, hung } = await exchange(port, made.wire);
      if (hung) fail(made, 'hung');
      if (garbage) fail(made, `answered with what is no HTTP: ${JSON.stringify(garbage)}`);
      for (const answer of got) {
        count(answers, describe(answer));
        byRequest.set(requestIdOf(answer.headers.get('request-id')), print);
        const wrong = await judgeAnswer(answer);
        if (wrong) fail(made, wrong);
      }
      if (got.length === 0) count(answers, hung ? 'hung' : `no answer (${made.wire.ending})`);
      if (tried % HONEST_EVERY === 0) await tryHonestly();
    } catch (cause) {
      // The service may be about to tell how it ended.
      await sleep(200);
      fail(made, `the service is gone (${service.exited() ?? 'still running'}): ${cause}`);
    }
  }

  return {
    failures,
    tryCase,
    async report(samples) {
      const exited = service.exited();
      if (exited !== undefined) failures.push(`the service ended with ${exited}`);
      for (const line of await service.stop()) failures.push(`the service logged: ${line}`);
      const store = await judgeStore(folder, { before, signed, byRequest });
      const { growth, ...memory } = growthOf(samples);
      if (growth) failures.push(growth);
      return {
        seed,
        tried,
        answers: ranked(answers),
        mutations: ranked(mutations),
        records: store.records,
        honest,
        memory,
        failures: [...failures, ...store.wrong],
      };
    },
  };
}

function describe({ status, body }: Answer): string {
  if (body.length === 0) return `${status}, empty`;
  const { code = '', message = '' } = JSON.parse(body.toString()) as { code?: string; message?: string };
  return `${status} ${code} ${message.replace(/\d+/g, 'N').slice(0, 70)}`.trimEnd();
}

function requestIdOf(header = ''): string {
  return header.split('-', 1)[0] as string;
}
