import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { temporaryFolder } from '../support/sandbox.js';

/** A service with a clock that does not move, in a separate process. */
export interface FrozenService {
  port: number;
  end(): Promise<void>;
}

/** Starts service.mjs under frozen.mjs, independently of the inside of the service. */
export async function startFrozenService(): Promise<FrozenService> {
  const folder = await temporaryFolder();
  const child = fork('e2e/recorded/service.mjs', [folder], {
    execArgv: ['--import', './e2e/recorded/frozen.mjs'],
  });
  const [port] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the service ended with ${code}`))),
  ]);
  return {
    port,
    async end() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
