import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import { CREDENTIALS_FILE, type Credentials, readCredentials, startSandbox } from '@coupon-media/sandbox';
import { onTestFinished } from 'vitest';
import { quietPort } from '../support/quiet-port.js';
import { type Running, startCouponMedia } from '../support/run.js';
import { temporaryFolder } from '../support/sandbox.js';
import { mountTmpfs } from './machine.js';

/** The service as people run it: a process of its own, which can be killed. */
export interface ServiceProcess {
  readonly pid: number;
  /** Whether it has not ended. */
  isUp(): boolean;
  /** Ends it with SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Makes a folder with a merchant, keys and a port that its URLs keep, and no service. */
export async function prepareFolder(): Promise<string> {
  const folder = await temporaryFolder();
  const sandbox = await startSandbox({ folder, port: await quietPort() });
  await sandbox.stop();
  return folder;
}

export function credentialsOf(folder: string): Promise<Credentials> {
  return readCredentials(path.join(folder, CREDENTIALS_FILE));
}

/** Begins to start a service over a prepared folder; it is killed with the test at the latest. */
export async function begin(folder: string): Promise<Running> {
  const { baseUrl } = await credentialsOf(folder);
  const { port } = new URL(baseUrl);
  const running = startCouponMedia('serve', '--data', folder, '--port', port, '--quota', '0');
  onTestFinished(async () => {
    await running.stop('SIGKILL');
  });
  return running;
}

/** Starts a service over a prepared folder and waits until it listens. */
export async function serve(folder: string): Promise<ServiceProcess> {
  const running = await begin(folder);
  await running.prints('coupon-media serves');
  const { child } = running;
  return {
    pid: child.pid as number,
    isUp: () => child.exitCode === null && child.signalCode === null,
    async kill() {
      await running.stop('SIGKILL');
    },
  };
}

/**
 * Copies a prepared folder into one that is removed with the test.
 *
 * @param tmpfs bytes of a file system of its own, in memory; needs root. Default: where temporary folders are
 */
export async function copyOf(prepared: string, tmpfs?: number): Promise<string> {
  const parent = await temporaryFolder();
  removeAfterwards(parent);
  if (tmpfs !== undefined) await mountTmpfs(parent, tmpfs);
  const folder = path.join(parent, 'data');
  await cp(prepared, folder, { recursive: true });
  return folder;
}

/** Removes a folder when the test has ended. */
export function removeAfterwards(folder: string): void {
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
}
