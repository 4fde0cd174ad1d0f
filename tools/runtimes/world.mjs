/** What the tasks of a runtime are given: an empty folder of its own, a sandbox that runs on the Node of this machine, and how a program is run. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

/**
 * @typedef {object} Ended
 * @property {number | null} code
 * @property {string} stdout
 * @property {string} stderr
 */

/**
 * @typedef {object} World
 * @property {(...names: string[]) => string} at a path in the folder
 * @property {string} profile the credentials of the sandbox
 * @property {string} baseUrl of the sandbox
 * @property {boolean} isOther whether the runtime is not Node
 * @property {(args: string[], input?: string) => Promise<Ended>} cli runs `coupon-media` to its end
 * @property {(program: string, ...args: string[]) => Promise<Ended>} program runs a program of the app to its end
 * @property {(args: string[]) => Promise<Started>} start runs `coupon-media` until it prints an address
 */

/**
 * @typedef {object} Started
 * @property {string} url
 * @property {string} said what was printed until then
 * @property {() => Promise<number | null>} stop sends SIGTERM
 */

/** Milliseconds after which a program hangs. */
const PATIENCE = 60_000;

/**
 * @param {string} app where the packages are installed
 * @param {string[]} runtime the words before a program
 * @param {{ folder: string, profile: string, baseUrl: string, isOther: boolean }} place
 * @returns {World}
 */
export function createWorld(app, runtime, { folder, profile, baseUrl, isOther }) {
  mkdirSync(folder, { recursive: true });
  const bin = path.join(app, 'node_modules/coupon-media/bin/coupon-media.cjs');
  const env = {
    ...Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(COUPON_MEDIA|OTEL|NODE|npm)_/.test(name)),
    ),
    HOME: folder,
    LC_ALL: 'C.UTF-8',
    NO_COLOR: '1',
  };
  /** @param {string[]} words */
  const spawned = (words) => {
    const [command = '', ...args] = [...runtime, ...words];
    return spawn(command, args, { cwd: folder, env, stdio: 'pipe' });
  };
  /** @type {(words: string[], input?: string) => Promise<Ended>} */
  const run = async (words, input = '') => {
    const child = spawned(words);
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
    const texts = collect(child);
    child.stdin.on('error', () => {}).end(input);
    const [code] = await once(child, 'close');
    clearTimeout(timer);
    return { code, ...texts };
  };
  return {
    profile,
    baseUrl,
    isOther,
    at: (...names) => path.join(folder, ...names),
    cli: (args, input) => run([bin, '--lang', 'en', ...args], input),
    program: (program, ...args) => run([path.join(app, program), ...args]),
    async start(args) {
      const child = spawned([bin, '--lang', 'en', ...args]);
      const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
      const closed = once(child, 'close');
      const texts = collect(child);
      const said = new Promise((resolve) => {
        for (const stream of [child.stdout, child.stderr])
          stream.on(
            'data',
            () => /http:\/\/127\.0\.0\.1:\d+/.test(texts.stdout + texts.stderr) && resolve(undefined),
          );
      });
      await Promise.race([said, closed]);
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(texts.stdout + texts.stderr) ?? [];
      if (!url) throw new Error(firstLine(texts.stderr || texts.stdout) || `ended with ${child.exitCode}`);
      return {
        url,
        said: texts.stdout + texts.stderr,
        async stop() {
          child.kill('SIGTERM');
          const [code] = await closed;
          clearTimeout(timer);
          return code;
        },
      };
    },
  };
}

/** @param {import('node:child_process').ChildProcessWithoutNullStreams} child */
function collect(child) {
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => (texts.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (texts.stderr += text));
  return texts;
}

/** @param {string} text */
export function firstLine(text) {
  return text.trim().split('\n', 1)[0] ?? '';
}
