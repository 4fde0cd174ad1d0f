import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { type Credentials, startSandbox } from '@coupon-media/sandbox';
import { metricsText } from '../support/metrics.js';
import { startCouponMediaIn } from '../support/run.js';
import { temporaryFolder } from '../support/sandbox.js';
import { count } from './tally.js';

/** A service in a process of its own, with a sandbox's keys in a folder of its own. */
export interface ServiceProcess {
  folder: string;
  credentials: Credentials;
  port: number;
  /** What it ended with, once it has. */
  exited(): string | undefined;
  /** MiB that it occupies. */
  memory(): number;
  /** How many files and sockets it has open, by what they are; none where the system does not tell. */
  descriptors(): ReadonlyMap<string, number>;
  /** A sample of its metrics, by its name without the prefix. */
  gauge(name: string): Promise<number | undefined>;
  /** Stops it; the folder stays until `remove`. @returns what it logged of itself, which is to be nothing */
  stop(): Promise<string[]>;
  remove(): Promise<void>;
}

export async function startServiceProcess(): Promise<ServiceProcess> {
  const folder = await temporaryFolder();
  const sandbox = await startSandbox({ folder, port: 0 });
  await sandbox.stop();
  const metricsPort = await freePort();
  const settings = {
    LANG: 'en',
    COUPON_MEDIA_METRICS_PORT: String(metricsPort),
    COUPON_MEDIA_LOG_LEVEL: 'error',
  };
  const args = ['serve', '--data', folder, '--port', '0', '--quota', '0'];
  const running = startCouponMediaIn(settings, args);
  const said = await running.prints('images at');
  const port = Number(/ port (\d+);/.exec(said)?.[1]);
  const { child } = running;
  return {
    folder,
    credentials: { ...sandbox.credentials, baseUrl: `http://127.0.0.1:${port}` },
    port,
    exited: () => (child.exitCode ?? child.signalCode)?.toString(),
    memory: () => residentMemory(child.pid),
    descriptors: () => descriptorsOf(child.pid),
    async gauge(name) {
      const text = await metricsText(metricsPort);
      const value = new RegExp(`^coupon_media_${name} (\\S+)$`, 'm').exec(text)?.[1];
      return value === undefined ? undefined : Number(value);
    },
    async stop() {
      const { stdout, stderr } = await running.stop();
      return `${stdout}\n${stderr}`.split('\n').filter((line) => line !== '' && !line.includes('images at'));
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The metrics' own port is told nowhere, so it cannot be any. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Linux tells it of any process; elsewhere growth is not watched. */
function residentMemory(pid: number | undefined): number {
  if (process.platform !== 'linux') return 0;
  try {
    const [, kib = '0'] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Math.round(Number(kib) / 1024);
  } catch {
    return 0;
  }
}

function descriptorsOf(pid: number | undefined): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  if (process.platform !== 'linux') return counts;
  const folder = `/proc/${pid}/fd`;
  for (const name of readdirSync(folder)) count(counts, kindOf(`${folder}/${name}`));
  return counts;
}

/** A folder of images is kept open once something was stored in it, to make names in it durable. There are 256. */
export const IMAGE_FOLDER = 'folder of images';

/** `socket`, or a file's name without what is of this run alone. */
function kindOf(descriptor: string): string {
  try {
    const name = path.basename(readlinkSync(descriptor));
    return /^[0-9a-f]{2}$/.test(name) ? IMAGE_FOLDER : name.replace(/:?\[.*|[0-9a-f]{16,}.*/, '');
  } catch {
    return 'closed meanwhile';
  }
}
