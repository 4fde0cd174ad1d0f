import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { png, send, signedUpload } from '../support/exchange.js';
import { type Attacker, attackHere } from './attacker-here.js';
import { ATTACKS, attacksOf, COMBINATIONS, imagePath, type Target, TOGETHER } from './attacks.js';
import { FRONTS, type Front, type FrontName, missing, startFront } from './front.js';
import { medianOf, type Seen, uploadHonestly } from './honest.js';
import {
  type AttackedService,
  type Holding,
  of,
  type Prepared,
  prepare,
  processorSeconds,
  startAttacked,
} from './service.js';

export interface AttackOptions {
  /** Of all attacks together, before each front. */
  readonly seconds: number;
  /** A checkout that is built. Default: this one. */
  readonly root?: string;
  /** Names of attacks. Default: each, the combinations, and all at once. */
  readonly only?: readonly string[] | undefined;
  /** What stands before the service. Default: nothing, and each proxy that is installed. */
  readonly fronts?: readonly FrontName[] | undefined;
  /** Whether attackers are in this process, and not in one of their own: no time is to be believed then. */
  readonly inThisProcess?: boolean;
  /** Called for each row as it is known. */
  onRow?(row: Row): void;
}

/** One attack beside an honest client. */
export interface Row {
  readonly front: FrontName;
  readonly attack: string;
  readonly seen: Seen;
  /** Milliseconds: the median of the same client on the same service alone, just before the attack and just after it. */
  readonly alone: number;
  /** Processors that were used meanwhile: they share the machine's. 0 where the system does not say. */
  readonly processors: { readonly service: number; readonly attacker: number };
  /** Before it, at most while it went on, and some seconds after it. */
  readonly holding: { readonly before: Holding; readonly most: Holding; readonly after: Holding | undefined };
  /** What must not be, whatever the machine is busy with. */
  readonly failures: readonly string[];
  /** What must not be on a machine that does nothing else. */
  readonly slow: readonly string[];
}

/** Times that the median of honest uploads may grow: attackers, client and service share the machine's processors. */
const MAY_SLOW = 5;
/** MiB that a service may occupy more while it is attacked, and some seconds after. */
const MAY_GAIN = { meanwhile: 384, afterwards: 256 };
/** Descriptors that may still be open: connections of the client's, what metrics are read on, and what nginx keeps to its nodes. */
const MAY_KEEP = 16 + 64;
/** Seconds in which everything has to come back: a connection that lingers has two, a refused body five. */
const COMES_BACK = 15;
/** Milliseconds at most in which the honest client is alone: to warm up, to be measured before an attack, and after it. */
const ALONE = { warm: 2000, before: 2000, after: 2000 };
/** The service's own. A shorter attack is given a shorter one, so that it is cut off before it ends. */
const RATE_WINDOW = 10;

/** Every name that is attacked by where nothing is chosen. */
export const ALL: readonly string[] = [...Object.keys(ATTACKS), ...COMBINATIONS, TOGETHER];

/** Carries out attacks beside an honest client, against a service in a process of its own. */
export async function attack(options: AttackOptions): Promise<Row[]> {
  const { root = process.cwd(), fronts = FRONTS.filter((front) => !missing(front)) } = options;
  const rows: Row[] = [];
  for (const front of fronts) {
    const prepared = await prepare(root);
    try {
      for await (const row of attackThrough(front, prepared, options)) {
        rows.push(row);
        options.onRow?.(row);
      }
    } finally {
      await prepared.remove();
    }
  }
  return rows;
}

async function* attackThrough(
  name: FrontName,
  prepared: Prepared,
  { seconds, only: names = ALL, inThisProcess = false }: AttackOptions,
): AsyncGenerator<Row> {
  const begin = inThisProcess ? attackHere : attackFromOutside;
  const milliseconds = (seconds * 1000) / names.length;
  const rateWindow = Math.max(1, Math.min(RATE_WINDOW, Math.floor(milliseconds / 2000)));
  // What an attack has left behind is not the next one's: each is on a service of its own, over the same folder.
  for (const attacked of ['nothing', ...names]) {
    const service = await startAttacked(prepared, {
      COUPON_MEDIA_MIN_RATE_WINDOW_SECONDS: String(rateWindow),
    });
    const front = await startFront(name, service.port, prepared.root);
    try {
      const observed = { front: name, service, port: front.port };
      const alone = (most: number) =>
        observe({ ...observed, attack: 'nothing', milliseconds: Math.min(milliseconds, most) });
      await alone(ALONE.warm);
      const before = await alone(ALONE.before);
      if (attacked === 'nothing') {
        yield before;
        continue;
      }
      const row = await observe({ ...observed, attack: attacked, milliseconds }, (target) =>
        begin(attacked, target),
      );
      const logged = await unlogged(attacked, service, front);
      // What else the machine is busy with changes by the minute: what is compared is measured side by side.
      const { seen: after } = await alone(ALONE.after);
      const median = medianOf([...before.seen.times, ...after.times]);
      const failures = [...row.failures, ...logged, ...(await service.end())];
      yield { ...row, alone: median, failures, slow: slowness(row.seen, median) };
    } finally {
      await Promise.all([front.stop(), service.remove()]);
    }
  }
}

/** @returns the attacks that left no line in the log of the service, or of what stands before it */
async function unlogged(name: string, service: AttackedService, front: Front): Promise<string[]> {
  // A proxy has a line for each request, and of whom it counts by address no more than that.
  const log = (await service.log()) + (await front.log());
  return attacksOf(name).flatMap(({ logged }) =>
    logged.test(log) || log.includes('127.0.0.2') ? [] : [`no line is like ${logged}`],
  );
}

interface Observed {
  readonly front: FrontName;
  readonly attack: string;
  readonly service: AttackedService;
  readonly port: number;
  readonly milliseconds: number;
}

async function observe(
  { front, attack: name, service, port, milliseconds }: Observed,
  begin?: (target: Target) => Attacker,
): Promise<Row> {
  const target = await targetOf(service, port);
  const before = await service.holds();
  const most = watchMost(service, before);
  const attacker = begin?.(target);
  const [began, used] = [performance.now(), service.processor()];
  const ended = new AbortController();
  const honest = uploadHonestly(service.credentials, port, service.port, ended.signal);
  await sleep(milliseconds);
  ended.abort();
  const seen = await honest;
  const seconds = (performance.now() - began) / 1000;
  const processors = {
    service: (service.processor() - used) / seconds,
    attacker: (attacker?.processor() ?? 0) / seconds,
  };
  const wrong = (await attacker?.end()) ?? [];
  const atMost = most();
  const after = await comeBack(service, before);
  const failures = [...wrong.slice(0, 5), ...judge(seen, before, atMost, after, service)];
  const holding = { before, most: atMost, after };
  return { front, attack: name, seen, alone: seen.median, processors, holding, failures, slow: [] };
}

function slowness({ median }: Seen, alone: number): string[] {
  if (median <= alone * MAY_SLOW) return [];
  return [`honest uploads took ${median.toFixed(0)} ms, ${alone.toFixed(0)} alone`];
}

function judge(
  { failed }: Seen,
  before: Holding,
  most: Holding,
  after: Holding | undefined,
  service: AttackedService,
): string[] {
  const failures = [...failed].map(([what, count]) => `honest: ${count} × ${what}`);
  const exited = service.exited();
  if (exited !== undefined) failures.push(`the service ended with ${exited}`);
  if (!after) return [...failures, 'the service does not tell what it holds'];
  if (after.descriptors > before.descriptors + MAY_KEEP)
    failures.push(`${after.descriptors - before.descriptors} descriptors did not come back`);
  for (const [gauge, value] of Object.entries(after.gauges))
    if (value !== 0) failures.push(`${gauge} stays at ${value}`);
  if (most.memory > before.memory + MAY_GAIN.meanwhile)
    failures.push(`memory grew from ${before.memory} to ${most.memory} MiB`);
  if (after.memory > before.memory + MAY_GAIN.afterwards)
    failures.push(`memory was ${before.memory} MiB and stays at ${after.memory}`);
  return failures;
}

/** Stores the images that attackers ask for. */
export async function targetOf(
  { credentials }: Pick<AttackedService, 'credentials'>,
  port: number,
): Promise<Target> {
  const [large, small] = [png(1, 1, Buffer.alloc(1_000_000)), png(1, 1, Buffer.alloc(62_000))];
  for (const file of [large, small]) await send(credentials, await signedUpload(credentials, { file }));
  return { port, credentials, images: { large: imagePath(large), small: imagePath(small) } };
}

function attackFromOutside(name: string, target: Target): Attacker {
  const attacker = fork(fileURLToPath(new URL('./attacker.js', import.meta.url)), [name]);
  attacker.send(target);
  return {
    processor: () => processorSeconds(attacker.pid),
    async end() {
      const told = once(attacker, 'message').then(([wrong]) => wrong as string[]);
      attacker.send('end');
      const late = new AbortController();
      const wrong = await Promise.race([
        told,
        sleep(10_000, ['something that the attacker waits for never came'], { signal: late.signal }),
      ]);
      late.abort();
      attacker.kill('SIGKILL');
      return wrong;
    },
  };
}

/** @returns a function that ends the watching and gives the most of each that was held */
function watchMost(service: AttackedService, first: Holding): () => Holding {
  let most = first;
  const timer = setInterval(() => {
    service.holds().then(
      (now) => {
        most = {
          descriptors: Math.max(most.descriptors, now.descriptors),
          memory: Math.max(most.memory, now.memory),
          gauges: of((name) => Math.max(most.gauges[name], now.gauges[name])),
        };
      },
      // A service that cannot tell now is asked again.
      () => {},
    );
  }, 500);
  return () => {
    clearInterval(timer);
    return most;
  };
}

/** @returns what is held when all has come back, or else at the end; undefined where the service does not tell */
async function comeBack(service: AttackedService, before: Holding): Promise<Holding | undefined> {
  for (let second = 0; ; second += 1) {
    const now = await service.holds().catch(() => undefined);
    const isBack =
      now &&
      now.descriptors <= before.descriptors + MAY_KEEP &&
      Object.values(now.gauges).every((value) => value === 0) &&
      now.memory <= before.memory + MAY_GAIN.afterwards;
    if (isBack || second >= COMES_BACK) return now;
    await sleep(1000);
  }
}
