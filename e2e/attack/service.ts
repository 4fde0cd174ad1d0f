import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Credentials, readCredentials } from '@coupon-media/sandbox';
import { quietPort } from '../support/quiet-port.js';
import { temporaryFolder } from '../support/sandbox.js';

/** A folder with a merchant and its keys, and no service. */
export interface Prepared {
  /** A checkout that is built: its commands are run. */
  readonly root: string;
  readonly data: string;
  readonly port: number;
  readonly credentials: Credentials;
  remove(): Promise<void>;
}

/** A service in a process of its own, and what it holds. */
export interface AttackedService {
  readonly port: number;
  readonly credentials: Credentials;
  /** @throws where it does not answer */
  holds(): Promise<Holding>;
  /** Seconds of processor time that its process has used; 0 where the system does not say. */
  processor(): number;
  /** What it logged since it was started. */
  log(): Promise<string>;
  /** What it ended with, once it has. */
  exited(): string | undefined;
  /** Asks it to end. @returns what was wrong with how it did */
  end(): Promise<string[]>;
  /** Kills it where it has not ended, and removes its log. */
  remove(): Promise<void>;
}

export interface Holding {
  /** Of its process, but for the folders that images are in; 0 where the system does not say. */
  readonly descriptors: number;
  /** MiB that its process occupies; 0 where the system does not say. */
  readonly memory: number;
  readonly gauges: Readonly<Record<Gauge, number>>;
}

/** Of the service's metrics, those that are zero where nothing goes on. */
const GAUGES = ['uploads_under_way', 'uploads_waiting', 'in_flight_bytes'] as const;

type Gauge = (typeof GAUGES)[number];

/** A quota that honest uploads never reach, and under which the others are in force. */
const QUOTA = '1000';

/** Milliseconds that a service is given to end, beside its delay: requests under way have ten seconds of them. */
const ENDS_IN = 15_000;

/**
 * Makes a merchant with its keys, by the sandbox of the checkout.
 *
 * @param given an empty folder. Default: one of its own
 */
export async function prepare(root: string, given?: string): Promise<Prepared> {
  const [data, port] = [given ?? (await temporaryFolder()), await quietPort()];
  const sandbox = start(root, ['sandbox', '--data', data, '--port', String(port)], 'ignore');
  await answers(port);
  const file = path.join(data, 'credentials.json');
  // It listens before it has written who may call.
  while (!existsSync(file) && sandbox.exitCode === null) await sleep(20);
  await ended(sandbox, 'SIGINT');
  return {
    ...{ root, data, port },
    credentials: await readCredentials(file),
    remove: () => rm(data, { recursive: true, force: true }),
  };
}

/** @param environment settings beside the defaults */
export async function startAttacked(
  { root, data, port, credentials }: Prepared,
  environment: NodeJS.ProcessEnv = {},
): Promise<AttackedService> {
  const metricsPort = await quietPort();
  const logFolder = await temporaryFolder();
  const logFile = path.join(logFolder, 'log');
  const output = openSync(logFile, 'a');
  const args = ['serve', '--data', data, '--port', String(port), '--quota', QUOTA];
  const env = { COUPON_MEDIA_METRICS_PORT: String(metricsPort), ...environment };
  const service = start(root, args, output, env);
  closeSync(output);
  await answers(port);
  const isOver = () => service.exitCode ?? service.signalCode ?? undefined;
  return {
    ...{ port, credentials },
    async holds() {
      const response = await fetch(`http://127.0.0.1:${metricsPort}/metrics`, {
        signal: AbortSignal.timeout(5000),
      });
      const metrics = await response.text();
      return { ...heldBy(service.pid), gauges: of((name) => valueIn(metrics, name)) };
    },
    processor: () => processorSeconds(service.pid),
    log: () => readFile(logFile, 'utf8'),
    exited: () => isOver()?.toString(),
    async end() {
      if (isOver() !== undefined) return [];
      const delay = Number(environment.COUPON_MEDIA_DRAIN_DELAY_SECONDS ?? 0) * 1000;
      const late = setTimeout(() => service.kill('SIGKILL'), delay + ENDS_IN);
      await ended(service, 'SIGTERM');
      clearTimeout(late);
      return isOver() === 0 ? [] : [`after SIGTERM it ended with ${isOver()}`];
    },
    async remove() {
      await ended(service, 'SIGKILL');
      await rm(logFolder, { recursive: true, force: true });
    },
  };
}

function start(
  root: string,
  args: string[],
  output: number | 'ignore',
  environment: NodeJS.ProcessEnv = {},
): ChildProcess {
  const env = { ...process.env, ...environment };
  const command = path.join(root, 'packages/cli/dist/main.js');
  return spawn(process.execPath, [command, ...args], { stdio: ['ignore', output, output], env });
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}

/** Waits until a service answers there. */
async function answers(port: number): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    if (response?.ok) return;
    await sleep(50);
  }
  throw new Error(`nobody answers on port ${port}`);
}

/** Hundredths of a second: Linux counts processor time for its users in them on every machine. */
const TICK = 0.01;

/** @returns seconds of processor time that a process has used; 0 where the system does not say, or the process is gone */
export function processorSeconds(pid = 0): number {
  if (process.platform !== 'linux') return 0;
  try {
    const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
    const fields = rest.split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK;
  } catch {
    return 0;
  }
}

/** @returns something of each gauge */
export function of(read: (name: Gauge) => number): Record<Gauge, number> {
  const [underWay, waiting, inFlight] = GAUGES;
  return { [underWay]: read(underWay), [waiting]: read(waiting), [inFlight]: read(inFlight) };
}

function valueIn(metrics: string, name: Gauge): number {
  return Number(new RegExp(`^coupon_media_${name} (\\S+)$`, 'm').exec(metrics)?.[1]);
}

/** Of the 256 folders that images are in, the service opens each once, to make names in it durable. */
const FOLDER_OF_IMAGES = /\/images\/[0-9a-f]{2}$/;

function heldBy(pid = 0): { descriptors: number; memory: number } {
  if (process.platform !== 'linux') return { descriptors: 0, memory: 0 };
  const [, kib = '0'] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  const descriptors = readdirSync(`/proc/${pid}/fd`).filter((descriptor) => {
    try {
      return !FOLDER_OF_IMAGES.test(readlinkSync(`/proc/${pid}/fd/${descriptor}`));
    } catch {
      return false; // closed meanwhile
    }
  });
  return { descriptors: descriptors.length, memory: Math.round(Number(kib) / 1024) };
}
