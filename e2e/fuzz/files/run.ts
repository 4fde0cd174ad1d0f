import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as yieldOnce } from 'node:timers/promises';
import { createRandom } from '../random.js';
import { readCorpus, writeCorpus } from './corpus.js';
import { type Coverage, watchCoverage } from './coverage.js';
import { mutate } from './mutate.js';
import type { Target } from './target.js';
import { targets } from './targets.js';

export interface ReadFilesOptions {
  seconds: number;
  seed: number;
  /** Only this input, of every target; of a guided run its number tells nothing. */
  only?: number | undefined;
  /** Whether what leads somewhere new is mutated further. Default: no, so that a seed gives the same inputs each time. */
  isGuided?: boolean;
  /** Whether such inputs are kept in the repository's corpus. */
  keep?: boolean;
}

export interface ReadFilesReport {
  seed: number;
  inputs: number;
  targets: TargetReport[];
  /** What must not be. Empty is what it should be. */
  failures: string[];
}

export interface TargetReport {
  name: string;
  inputs: number;
  /** Blocks of the product's code that were told apart; 0 where nobody looked. */
  blocks: number;
  /** Inputs that led somewhere new and are not in the repository's corpus. */
  found: number;
}

/** Milliseconds of the processor that 64 KiB may cost. */
const COST = 5_000;
/** MiB that this process may occupy. */
const MAY_OCCUPY = 1024;
/** Failures after which going on tells nothing new. */
const ENOUGH = 10;
/** Bytes of an input that is kept, and how many are: the corpus is to be read, and to be fast. */
const KEPT = { bytes: 400, inputs: 40 };

interface Run {
  target: Target;
  /** The repository's, and what is known of it since. */
  corpus: Buffer[];
  kept: number;
  report: TargetReport;
}

/** Has every target read its corpus, and then what is made of it, until the time is up or something has gone wrong. */
export async function readFiles(options: ReadFilesOptions): Promise<ReadFilesReport> {
  const { seconds, seed, only, isGuided = false, keep = false } = options;
  const until = performance.now() + seconds * 1000;
  const coverage = isGuided ? await watchCoverage() : undefined;
  const failures: string[] = [];
  const runs = targets.map((target): Run => {
    const corpus = readCorpus(target.name);
    return {
      target,
      corpus,
      kept: corpus.length,
      report: { name: target.name, inputs: 0, blocks: 0, found: 0 },
    };
  });

  async function tryOne({ target, report }: Run, bytes: Buffer, which: string): Promise<void> {
    report.inputs += 1;
    const wrong = await faultOf(target.read, bytes);
    if (wrong) failures.push(`${wrong}\n  ${target.name}, ${which}\n  ${shown(bytes)}`);
  }

  if (only === undefined)
    for (const run of runs) {
      for (const [at, bytes] of run.corpus.entries()) await tryOne(run, bytes, `corpus ${at}`);
      run.report.blocks += (await coverage?.news()) ?? 0;
    }
  for (let index = only ?? 0; failures.length < ENOUGH; index += 1) {
    for (const [stream, run] of runs.entries()) {
      const bytes = mutate(run.corpus, run.target.words, createRandom(seed + stream * 7919, index));
      await tryOne(run, bytes, `input ${index} of seed ${seed}`);
      if (coverage) await learn(run, bytes, coverage);
    }
    if (only !== undefined || performance.now() > until) break;
    await yieldOnce();
  }
  await coverage?.end();
  if (keep && failures.length === 0) for (const run of runs) keepSome(run);
  const inputs = runs.reduce((sum, { report }) => sum + report.inputs, 0);
  return { seed, inputs, targets: runs.map(({ report }) => report), failures };
}

/** What led somewhere new may lead further. */
async function learn({ corpus, report }: Run, bytes: Buffer, coverage: Coverage): Promise<void> {
  const news = await coverage.news();
  if (news === 0) return;
  report.blocks += news;
  report.found += 1;
  corpus.push(bytes);
}

/** The first that were found led furthest. */
function keepSome({ target, corpus, kept }: Run): void {
  const found = corpus.slice(kept).filter(({ length }) => length <= KEPT.bytes);
  writeCorpus(target.name, [...corpus.slice(0, kept), ...found.slice(0, Math.max(0, KEPT.inputs - kept))]);
}

/** @returns what is wrong with how a target read these bytes; undefined where nothing is */
async function faultOf(read: Target['read'], bytes: Buffer): Promise<string | undefined> {
  const before = process.cpuUsage();
  try {
    await read(bytes);
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const { user, system } = process.cpuUsage(before);
  const cost = (user + system) / 1000;
  if (cost > COST) return `${bytes.length} bytes cost ${cost.toFixed(0)} ms`;
  const memory = process.memoryUsage.rss() / 1024 / 1024;
  return memory > MAY_OCCUPY ? `${memory.toFixed(0)} MiB are occupied` : undefined;
}

/** What is long is put into a file of its own, from where it can be looked at. */
function shown(bytes: Buffer): string {
  if (bytes.length <= 600) return JSON.stringify(bytes.toString('latin1'));
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  const file = path.join(tmpdir(), `coupon-media-found-${digest}`);
  writeFileSync(file, bytes);
  return `${bytes.length} bytes in ${file}`;
}
