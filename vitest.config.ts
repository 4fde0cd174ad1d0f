import { defineConfig } from 'vitest/config';
import ClosingLineReporter from './tools/closing-line-reporter.mjs';

export default defineConfig({
  test: {
    // Tests run against what was built, loaded by Node itself, each test file in a process of its own.
    include: ['packages/*/test/**/*.test.ts', 'e2e/**/*.test.ts', 'tools/test/**/*.test.ts'],
    pool: 'forks',
    // Starts an engine when a test first asks for it, so that a run that needs none waits for none.
    globalSetup: ['tools/engines/global-setup.mjs'],
    server: { deps: { external: [/\/packages\/[^/]+\/dist\//] } },
    testTimeout: 30_000,
    hookTimeout: 30_000,
    retry: 0,
    reporters: ['default', new ClosingLineReporter()],
  },
});
