/** What `npm start`, `npm test` and the other scripts run: sets the clone up first, then does the one thing asked for. */
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { clean, requireNode, root, setup } from './setup.mjs';

requireNode();
const [command = '', ...args] = process.argv.slice(2);

/** @type {Record<string, () => unknown>} */
const commands = {
  sandbox() {
    setup();
    return couponMedia(['sandbox', ...args]);
  },
  demo() {
    setup();
    return couponMedia(['sandbox', '--demo', ...args]);
  },
  test() {
    setup();
    return tool('vitest/vitest.mjs', ['run', ...args]);
  },
  'test:unit'() {
    setup();
    return tool('vitest/vitest.mjs', ['run', '--project', 'unit', ...args]);
  },
  watch() {
    setup();
    return watch();
  },
  fuzz() {
    setup();
    tool('typescript/bin/tsc', ['-p', 'e2e/fuzz']);
    return process.exitCode === 0 && inThisProcess('e2e/fuzz/dist/fuzz/main.js', args);
  },
  attack() {
    setup();
    tool('typescript/bin/tsc', ['-p', 'e2e/attack']);
    return process.exitCode === 0 && inThisProcess('e2e/attack/dist/attack/main.js', args);
  },
  bench() {
    setup();
    return inThisProcess('bench/run.mjs', args);
  },
  scale() {
    setup({ build: false });
    return inThisProcess('bench/scaling.mjs', args);
  },
  settings() {
    setup();
    return import('./deploy/settings.mjs').then((module) => module.writeSettings());
  },
  pack() {
    setup();
    return import('./packages/pack.mjs').then((module) => module.main(args));
  },
  api() {
    setup();
    return import('./packages/api.mjs').then((module) => module.writeApi(root));
  },
  release() {
    setup();
    return import('./packages/release.mjs').then((module) => module.main(args));
  },
  'runners:wide'() {
    setup();
    process.env.TEST_RUNNERS = 'wide';
    return tool('vitest/vitest.mjs', ['run', 'e2e/runners', ...args]);
  },
  'runtimes:wide'() {
    setup();
    return import('./runtimes/wide.mjs').then((module) => module.main(args));
  },
  'samples:wide'() {
    setup();
    process.env.TEST_SAMPLES = 'wide';
    return tool('vitest/vitest.mjs', ['run', 'e2e/samples', ...args]);
  },
  'proxies:wide'() {
    setup();
    process.env.TEST_PROXIES = 'wide';
    return tool('vitest/vitest.mjs', ['run', 'e2e/proxies/', '--no-file-parallelism', ...args]);
  },
  'console:wide'() {
    setup();
    process.env.TEST_CONSOLE = 'wide';
    const [name = '', ...options] = args[0]?.startsWith('-') ? ['', ...args] : args;
    return tool('vitest/vitest.mjs', [
      'run',
      '--no-file-parallelism',
      `e2e/console/wide/${name}`,
      ...options,
    ]);
  },
  'pictures:wide'() {
    setup();
    return import('./pictures/wide.mjs').then((module) => module.main(args));
  },
  'interop:wide'() {
    setup();
    tool('typescript/bin/tsc', ['-p', 'e2e/interop/wide']);
    return process.exitCode === 0 && inThisProcess('e2e/interop/wide/dist/interop/wide/main.js', args);
  },
  'engines:wide'() {
    setup();
    process.env.TEST_ENGINES_WIDE = '1';
    return tool('vitest/vitest.mjs', ['run', 'e2e/engines', ...args]);
  },
  'sandbox:wide'() {
    setup();
    tool('typescript/bin/tsc', ['-p', 'e2e/interop/wide']);
    return process.exitCode === 0 && inThisProcess('e2e/interop/wide/dist/interop/wide/tls.js', args);
  },
  'relay:wide'() {
    setup();
    return inThisProcess(`e2e/relay/${args[0] === 'pace' ? 'pace' : 'storm'}/main.mjs`, args);
  },
  'faults:wide'() {
    setup();
    return inThisProcess('e2e/faults/wide.mjs', args);
  },
  check() {
    setup({ build: false });
    return import('./check.mjs').then((module) => module.check());
  },
  build: () => setup(),
  clean,
  format() {
    setup({ build: false });
    return tool('@biomejs/biome/bin/biome', ['check', '--write', ...args]);
  },
};

// Logs of continuous integration are read as text.
if (!process.stdout.isTTY && !process.env.FORCE_COLOR) process.env.NO_COLOR = '1';

const run = commands[command];
if (run) {
  run();
} else {
  process.stderr.write(`usage: node tools/run.mjs ${Object.keys(commands).join('|')} [arguments]\n`);
  process.exitCode = 1;
}

/** @param {string[]} argv */
function couponMedia(argv) {
  if (process.env.npm_lifecycle_event) stopWithParent();
  return inThisProcess('packages/cli/dist/main.js', argv);
}

/**
 * Runs a program in this very process, so that signals and the exit code need no forwarding.
 * @param {string} file
 * @param {string[]} argv
 */
function inThisProcess(file, argv) {
  const main = path.join(root, file);
  process.argv = [process.execPath, main, ...argv];
  return import(pathToFileURL(main).href);
}

/**
 * @param {string} script
 * @param {string[]} argv
 */
function tool(script, argv) {
  const result = spawnSync(process.execPath, [path.join(root, 'node_modules', script), ...argv], {
    cwd: root,
    stdio: 'inherit',
  });
  process.exitCode = result.status === null ? 1 : result.status;
}

/** Compiles what is changed, and runs the unit tests again, until it is stopped. */
function watch() {
  const start = (/** @type {string[]} */ ...[script = '', ...argv]) =>
    spawn(process.execPath, [path.join(root, 'node_modules', script), ...argv], {
      cwd: root,
      stdio: [argv[0] === 'watch' ? 'inherit' : 'ignore', 'inherit', 'inherit'],
    });
  const compiler = start('typescript/bin/tsc', '-b', '-w', '--preserveWatchOutput');
  const tests = start('vitest/vitest.mjs', 'watch', '--project', 'unit', ...args);
  tests.once('exit', (code) => {
    process.exitCode = code ?? 1;
    compiler.kill();
  });
}

/** Under npm a shell stands between: who ends npm with SIGTERM ends the shell, and this process would stay behind. */
function stopWithParent() {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  watch.unref();
}
