import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Places } from '../migrate/places.js';

/** What is tried of one engine: a file of this folder for each, and one in `results/` for what was seen. */
export interface Engine {
  readonly engine: EngineName;
  readonly setUps: readonly SetUp[];
  readonly mistakes: readonly Mistake[];
}

export const ENGINES = ['PostgreSQL', 'S3', 'Redis'] as const;

export type EngineName = (typeof ENGINES)[number];

/** The engines of Debian that each row replaces one of. */
export type Base = Places;

/** The variables that differ from those of the base, as an operator sets them. */
export type Settings = Readonly<Record<string, string>>;

/** One way to run an engine, with which two nodes have to do everything that they do (trial.ts). */
export interface SetUp {
  /** As in the table: `PgBouncer, transaction pooling`. */
  readonly name: string;
  /** What the operator has to set, as Markdown. Empty: nothing but the address. */
  readonly set: string;
  /** What is wrong with the engine itself, for one that is good for tests only. Default: everything works. */
  readonly fault?: RegExp;
  /** Whether `npm test` tries it, too. */
  readonly brief?: true;
  /** @throws Error that says what is missing on this machine */
  start(base: Base): Promise<StartedSetUp>;
}

export interface StartedSetUp {
  readonly version: string;
  readonly settings: Settings;
  end(): Promise<unknown>;
}

/** A mistake of configuration: a node does not start, and says why. */
export interface Mistake {
  /** As in the table: `the bucket does not exist`. */
  readonly name: string;
  readonly brief?: true;
  start(base: Base): Promise<Omit<StartedSetUp, 'version'>>;
  /** What the words have to hold. The test fails if they do not. */
  readonly says: RegExp;
}

/** What a run saw of an engine, kept in `results/`. */
export interface Results {
  readonly setUps: readonly SetUpRow[];
  readonly mistakes: readonly MistakeRow[];
}

export interface SetUpRow {
  readonly name: string;
  readonly version: string;
  /** The steps of the trial that were passed, of how many. */
  readonly passed: string;
  /** `works`, or the first step that failed and its words. */
  readonly result: string;
  readonly set: string;
  /** The day, as YYYY-MM-DD. */
  readonly date: string;
}

export interface MistakeRow {
  readonly name: string;
  readonly words: string;
  readonly date: string;
}

export function readResults(engine: EngineName): Results {
  const file = fileOf(engine);
  if (!existsSync(file)) return { setUps: [], mistakes: [] };
  return JSON.parse(readFileSync(file, 'utf8')) as Results;
}

/** Replaces the rows that a run has found, in the order of the lists. A row that is listed no more is removed. */
export function keep(engine: EngineName, listed: Pick<Engine, 'setUps' | 'mistakes'>, found: Results): void {
  const known = readResults(engine);
  const results: Results = {
    setUps: inOrder(listed.setUps, [...known.setUps, ...found.setUps]),
    mistakes: inOrder(listed.mistakes, [...known.mistakes, ...found.mistakes]),
  };
  writeFileSync(fileOf(engine), `${JSON.stringify(results, null, 2)}\n`);
}

function inOrder<T extends { name: string }>(listed: readonly { name: string }[], rows: readonly T[]): T[] {
  const latest = new Map(rows.map((row) => [row.name, row]));
  return listed.flatMap(({ name }) => latest.get(name) ?? []);
}

function fileOf(engine: EngineName): string {
  return `e2e/engines/results/${engine.toLowerCase()}.json`;
}
