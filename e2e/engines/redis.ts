import { execFileSync } from 'node:child_process';
import { program } from '../../tools/engines/programs.mjs';
import type { Engine } from './rows.js';

/** Redis, as it is run. */
export const redis: Engine = {
  engine: 'Redis',
  setUps: [
    {
      name: 'one server, of Debian 12',
      set: '',
      brief: true,
      start: async () => ({
        version:
          /v=(\S+)/.exec(execFileSync(program('redis-server'), ['--version'], { encoding: 'utf8' }))?.[1] ??
          '',
        settings: {},
        end: async () => undefined,
      }),
    },
  ],
  mistakes: [],
};
