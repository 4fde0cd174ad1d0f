import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import ClosingLineReporter from './tools/vitest/closing-line-reporter.mjs';
import { LongestFirst } from './tools/vitest/longest-first.mjs';
import { testProjects } from './tools/vitest/projects.mjs';

const { unit, e2e, engines, attack } = testProjects(import.meta.dirname);

/**
 * Of what runs processes and engines on a machine that others use as well. What passed the second time only is named at the end of the
 * run: it is a fault to be found, and no reason to stop all others.
 */
const SECOND_TRY = 1;

/** Starts an engine when a test first asks for it, so that a run that needs none waits for none. */
const ENGINES = ['tools/engines/global-setup.mjs'];

export default defineConfig({
  test: {
    // Tests run against what was built, loaded by Node itself, each test file in a process of its own.
    pool: 'forks',
    server: { deps: { external: [/\/packages\/[^/]+\/dist\//] } },
    forceRerunTriggers: ['**/packages/*/dist/**/*.js', '**/vitest.config.ts'],
    // Many files wait in real seconds, for deadlines and for engines to fail: others use the processor meanwhile.
    maxWorkers: availableParallelism() + 2,
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // How long it may take until something is so, on a machine that does other things as well.
    expect: { poll: { timeout: 10_000 } },
    retry: 0,
    reporters: ['default', new ClosingLineReporter()],
    projects: [
      // Nothing of theirs outlives a file, so that a process runs many: half of their time was its start.
      {
        extends: true,
        test: { name: 'unit', include: unit, isolate: false, setupFiles: ['tools/vitest/no-processes.mjs'] },
      },
      { extends: true, test: { name: 'e2e', include: e2e, retry: SECOND_TRY } },
      {
        extends: true,
        test: { name: 'engines', include: engines, retry: SECOND_TRY, globalSetup: ENGINES },
      },
      // One after another, when all others have ended: an attack takes the processor from them, and they from what it attacks.
      {
        extends: true,
        test: {
          name: 'attack',
          include: attack,
          retry: SECOND_TRY,
          globalSetup: ENGINES,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
