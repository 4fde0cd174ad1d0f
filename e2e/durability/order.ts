import { type Call, parseTrace } from './strace.js';

/** The system calls that make up a step of an upload. */
export interface Step {
  readonly name: string;
  /** Matches them in a trace made with `-y`, which contains the path of each file descriptor. */
  readonly calls: RegExp;
  /** Whether only the last of them counts. Default: all. */
  readonly last?: true;
}

const PATH = /<[^>]*/.source;

/** The steps, each of which must end before the next begins, for an image in the database. */
export const SMALL_STEPS: readonly Step[] = [
  { name: 'bytes and row written', calls: new RegExp(`^pwrite64\\(\\d+${PATH}/store\\.db-wal>`) },
  // The head of a new log is synced before the rest is written.
  {
    name: 'bytes and row synced',
    calls: new RegExp(`^(fsync|fdatasync)\\(\\d+${PATH}/store\\.db-wal>`),
    last: true,
  },
  { name: 'answered', calls: /^(write|writev)\(\d+<(socket|TCP).*HTTP\/1\.1 200/ },
];

/** The log itself is new, so its name must be durable before the first response as well. */
export const LOG_NAME_STEPS: readonly Step[] = [
  { name: "the log's name synced", calls: new RegExp(`^fsync\\(\\d+${PATH}/data>`) },
  ...SMALL_STEPS.slice(-1),
];

/** The same for an image in a file. */
export const LARGE_STEPS: readonly Step[] = [
  { name: 'bytes written', calls: new RegExp(`^p?writev?(64)?\\(\\d+${PATH}/incoming/\\d+\\.part>`) },
  { name: 'bytes synced', calls: new RegExp(`^(fsync|fdatasync)\\(\\d+${PATH}/incoming/\\d+\\.part>`) },
  { name: 'named', calls: /^rename(at2?)?\(.*\/images\/[0-9a-f]{2}\/[0-9a-f]{64}\.png"/ },
  { name: 'name synced', calls: new RegExp(`^fsync\\(\\d+${PATH}/images/[0-9a-f]{2}>`) },
  ...SMALL_STEPS.map((step) => ({ ...step, name: step.name.replace('bytes and row', 'row') })),
];

/** The folder of the file may also be new. */
export const FOLDER_STEPS: readonly Step[] = [
  { name: 'folder made', calls: /^mkdir(at)?\(.*\/images\/[0-9a-f]{2}"/ },
  { name: "the folder's name synced", calls: new RegExp(`^fsync\\(\\d+${PATH}/images>`) },
  ...LARGE_STEPS.slice(-3),
];

/** The log, and the folder that has its name. */
const LOG = /\/store\.db-wal>|\/data>/;

/** A step as observed. */
export interface Seen {
  readonly name: string;
  readonly calls: readonly Call[];
}

/**
 * Finds the steps in a trace. A missing step has no calls, and failed calls do not count. Nor do writes to the log by the first thread,
 * and its own sync of the log's name: uploads are committed on a thread of the binding (docs/decisions/004-sqlite-thread.md), and the
 * first one records when a key signed, at about the time of its response.
 *
 * @param pid of the service
 */
export function stepsIn(trace: string, pid: number, steps: readonly Step[]): Seen[] {
  const calls = parseTrace(trace).filter(
    ({ text, thread }) => !/ = -1 E/.test(text) && !(thread === pid && LOG.test(text)),
  );
  return steps.map(({ name, calls: pattern, last }) => {
    const matching = calls.filter(({ text }) => pattern.test(text));
    return { name, calls: last ? matching.slice(-1) : matching };
  });
}

/** @returns steps that are out of order: each must begin after all calls of the previous one have ended */
export function disorder(seen: readonly Seen[]): string[] {
  return seen.flatMap(({ name, calls }, at) => {
    if (calls.length === 0) return [`${name}: never`];
    const before = seen[at - 1];
    if (!before) return [];
    const ended = Math.max(...before.calls.map((call) => call.ended));
    const early = calls.filter(({ began }) => began <= ended);
    return early.map(({ text }) => `${name} before ${before.name}: ${text}`);
  });
}
