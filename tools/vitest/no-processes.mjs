/** Loaded before each unit test: whatever starts a process there fails, so that the project stays what it is called. */
import child_process from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';

for (const name of ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']) {
  Reflect.set(child_process, name, () => {
    throw new Error(
      `a unit test starts no process, and this one called ${name}: it belongs to e2e (tools/vitest/projects.mjs)`,
    );
  });
}
syncBuiltinESMExports();
