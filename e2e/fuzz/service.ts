import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type Credentials, readCredentials } from '@coupon-media/sandbox';
import { startCouponMedia } from '../support/run.js';
import { temporaryFolder } from '../support/sandbox.js';

/** A sandbox in a process of its own, with a folder of its own. */
export interface ServiceProcess {
  folder: string;
  credentials: Credentials;
  port: number;
  /** What it ended with, once it has. */
  exited(): string | undefined;
  /** MiB that it occupies. */
  memory(): number;
  /** Stops it; the folder stays until `remove`. */
  stop(): Promise<void>;
  remove(): Promise<void>;
}

export async function startServiceProcess(): Promise<ServiceProcess> {
  const folder = await temporaryFolder();
  const running = startCouponMedia('sandbox', '--data', folder, '--port', '0');
  await running.prints('Ctrl-C stops');
  const credentials = await readCredentials(path.join(folder, 'credentials.json'));
  const { child } = running;
  return {
    folder,
    credentials,
    port: Number(new URL(credentials.baseUrl).port),
    exited: () => (child.exitCode ?? child.signalCode)?.toString(),
    memory: () => residentMemory(child.pid),
    stop: async () => void (await running.stop()),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
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
