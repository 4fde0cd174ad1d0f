import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type Fate, type FaultyFront, faultyFront, type Seen } from '../support/faulty.js';
import { CLI, type Ended } from '../support/run.js';
import { type TestSandbox, temporaryFolder, testSandbox } from '../support/sandbox.js';

/** A sandbox, a front before it that can inject faults, and a folder with a profile for the front. */
export interface World {
  folder: string;
  sandbox: TestSandbox;
  front: FaultyFront;
  /** Path of a profile for the front. */
  profile: string;
  /** Default path of the ledger. */
  ledger: string;
  /** Runs `coupon-media` in the folder, with its own home folder. */
  cli(args: string[], options?: CliOptions): Promise<Ended>;
  /** Starts `coupon-media`, so that a test can watch or kill it. */
  start(args: string[], options?: CliOptions): Started;
  /** A path in the folder. */
  at(...names: string[]): string;
  end(): Promise<void>;
}

export interface CliOptions {
  env?: Record<string, string>;
  input?: string | Buffer;
  /** Shell code before the command: `ulimit -f 100`. */
  before?: string;
  /** Shell code after the command: `> /dev/full`. */
  after?: string;
  uid?: number;
  /** Uses a pseudo-terminal, which joins both outputs. */
  terminal?: true;
  /** Leaves the input open after `input`, as a terminal is. */
  keepsInput?: true;
}

export interface Started {
  child: ChildProcess;
  ended: Promise<Ended>;
}

/**
 * A world for each test of a file, all on one sandbox, since each sandbox makes keys.
 * @param use what the file keeps it by
 */
export function useWorlds(use: (world: World) => void): void {
  let sandbox: TestSandbox;
  beforeAll(async () => {
    sandbox = await testSandbox();
  });
  beforeEach(async () => {
    const world = await createWorld(() => 'pass', sandbox);
    use(world);
    return () => world.end();
  });
  afterAll(() => sandbox.end());
}

export async function createWorld(
  decide: (seen: Seen) => Fate = () => 'pass',
  base?: TestSandbox,
): Promise<World> {
  const sandbox = base ?? (await testSandbox());
  const folder = await temporaryFolder();
  const front = await faultyFront(sandbox.credentials.baseUrl, decide);
  const profile = path.join(folder, 'profile', 'shop.json');
  await mkdir(path.dirname(profile));
  await writeFile(profile, JSON.stringify({ ...sandbox.credentials, baseUrl: front.url }), { mode: 0o600 });
  const host = new URL(front.url).host.replace(':', '_');
  const start = (args: string[], options: CliOptions = {}): Started => launch(folder, args, options);
  return {
    folder,
    sandbox,
    front,
    profile,
    ledger: path.join(folder, 'profile', `ledger-${host}-${sandbox.credentials.mchid}.jsonl`),
    cli: (args, options) => start(args, options).ended,
    start,
    at: (...names) => path.join(folder, ...names),
    async end() {
      await front.close();
      if (!base) await sandbox.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** @returns the parsed lines of a JSON-lines text */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** The uploads that a ledger holds. */
export async function ledgerRows(file: string): Promise<Record<string, unknown>[]> {
  return jsonLines(await readFile(file, 'utf8')).slice(1);
}

function launch(
  folder: string,
  args: string[],
  { env, input = '', before = ':', after, uid, terminal, keepsInput }: CliOptions,
): Started {
  const command = [process.execPath, path.resolve(CLI), ...args];
  const inShell = ['bash', '-c', `${before}; ${after ? '' : 'exec '}"$@" ${after ?? ''}`, 'bash', ...command];
  const onTerminal = ['script', '-qec', command.map(quoted).join(' '), '/dev/null'];
  const [file = '', ...rest] = terminal ? onTerminal : before !== ':' || after ? inShell : command;
  const { PATH = '' } = process.env;
  // The environment of the test run is left out: its locale, proxy and configuration would change results.
  const own = { PATH, HOME: folder, XDG_STATE_HOME: path.join(folder, 'state'), ...env };
  const child = spawn(file, rest, {
    cwd: folder,
    env: own,
    stdio: 'pipe',
    ...(uid !== undefined && { uid }),
  });
  child.stdin?.on('error', () => {});
  if (keepsInput) child.stdin?.write(input);
  else child.stdin?.end(input);
  return { child, ended: endOf(child) };
}

/** @returns the text quoted for a shell */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

async function endOf(child: ChildProcess): Promise<Ended> {
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, ...texts };
}
