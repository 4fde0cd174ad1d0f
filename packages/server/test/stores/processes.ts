import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The report of children/uploads.mjs about one image. */
export interface Told {
  readonly kept: boolean;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** The error of the cause, if the upload failed. */
  readonly code: string | undefined;
}

export interface Uploader {
  readonly process: ChildProcess;
  /** Everything that it has reported so far. */
  readonly told: readonly Told[];
  /** Uploads this many images and returns their reports. */
  upload(count: number): Promise<Told[]>;
  /** Uploads until the process is killed. */
  uploadOn(): void;
  /** Lets the process close its store and end. */
  close(): Promise<void>;
  kill(): Promise<void>;
}

export interface UploaderOptions {
  readonly folder: string;
  readonly seed?: string | number;
  readonly concurrency?: number;
  /** Sizes in bytes, used in turn. */
  readonly sizes: readonly number[];
  /** A command that runs the process, with its arguments. */
  readonly under?: readonly string[];
}

const SCRIPT = fileURLToPath(new URL('children/uploads.mjs', import.meta.url));

/** Opens a store in another process for uploads. */
export async function startUploader(options: UploaderOptions): Promise<Uploader> {
  const { folder, seed = 'seed', concurrency = 1, sizes, under = [] } = options;
  const command = [...under, process.execPath, SCRIPT, folder, seed, concurrency, ...sizes].map(String);
  const child = spawn(command[0] ?? '', command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
  const told: Told[] = [];
  const words = new EventEmitter();
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const [word = '', sha256 = '', size, code] = line.split(' ');
    if (word === 'kept' || word === 'failed') {
      told.push({ kept: word === 'kept', sha256, size: Number(size), code });
    } else words.emit(word);
  });
  const ended = Promise.all([once(child, 'exit'), once(lines, 'close')]).then(
    ([[code]]) => code as number | null,
  );
  const endedEarly = ended.then((code) => Promise.reject(new Error(`the uploader ended with ${code}`)));
  endedEarly.catch(() => undefined);
  const hears = (word: string) => Promise.race([once(words, word), endedEarly]);

  await hears('ready');
  return {
    process: child,
    told,
    async upload(count) {
      const before = told.length;
      const done = hears('done');
      child.stdin.write(`${count}\n`);
      await done;
      return told.slice(before);
    },
    uploadOn: () => void child.stdin.write('on\n'),
    async close() {
      child.stdin.end();
      const code = await ended;
      if (code !== 0) throw new Error(`the uploader ended with ${code}`);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Makes system calls of a running process fail until `end`. */
export async function injectFaults(
  pid: number,
  inject: string,
  paths: readonly string[],
): Promise<{ end(): Promise<void> }> {
  const calls = inject.slice(0, inject.indexOf(':'));
  const only = paths.flatMap((path) => ['-P', path]);
  const args = [
    '-f',
    '-p',
    String(pid),
    '-o',
    '/dev/null',
    ...only,
    '-e',
    `trace=${calls}`,
    '-e',
    `inject=${inject}`,
  ];
  const strace = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const exit = once(strace, 'exit');
  let said = '';
  await new Promise<void>((resolve, reject) => {
    strace.stderr.on('data', (data) => {
      said += data;
      if (/Process \d+ attached/.test(said)) resolve();
    });
    exit.then(() => reject(new Error(`strace: ${said}`)));
  });
  return {
    async end() {
      strace.kill('SIGINT');
      await exit;
    },
  };
}

/** Runs a command to its end and returns its output. */
export function output(file: string, ...args: string[]): Buffer {
  const { status, stdout, stderr, error } = spawnSync(file, args, { maxBuffer: 256 * 1024 * 1024 });
  if (error) throw error;
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/**
 * For `describe`: skips tests that this machine cannot run, with the reason for the end of the run.
 *
 * @param what the tests need: the rights of root, or strace
 */
export function needing(what: { root?: boolean; strace?: boolean }): { skip?: boolean; meta?: object } {
  const missing = lacking(what);
  return missing === undefined ? {} : { skip: true, meta: { missing } };
}

/** @returns undefined if nothing is lacking */
function lacking(what: { root?: boolean; strace?: boolean }): string | undefined {
  if (process.platform !== 'linux') return 'this is not Linux';
  if (what.root && process.getuid?.() !== 0) return 'only root may mount';
  if (what.strace && spawnSync('strace', ['-V']).status !== 0) return 'strace is not installed';
  // A container may have both tools but permit neither.
  if (what.strace && spawnSync('strace', ['-qq', '-e', 'trace=none', 'true']).status !== 0) {
    return 'strace may not trace here';
  }
  return undefined;
}
