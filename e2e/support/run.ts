import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** How a command ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The arguments of the command. */
export const CLI = 'packages/cli/bin/coupon-media.cjs';

/** Runs a command to its end, with empty standard input or with `input`, elsewhere or in another environment if it is given. */
export async function run(
  command: string,
  args: readonly string[],
  input = '',
  place: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  const child = spawn(command, args, { ...place, stdio: 'pipe' });
  // A command that reads nothing may have ended before this is written.
  child.stdin.on('error', () => {}).end(input);
  return ended(child);
}

/** Runs `coupon-media` with these arguments to its end. */
export function couponMedia(...args: string[]): Promise<Ended> {
  return run(process.execPath, [CLI, ...args]);
}

/** A `coupon-media` that runs until it is stopped. */
export interface Running {
  child: ChildProcess;
  /** Resolves when its output contains the text, and rejects with the output if it ends before. */
  prints(text: string): Promise<string>;
  /** Sends a signal (default: that of Ctrl-C) and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

export function startCouponMedia(...args: string[]): Running {
  return startCouponMediaIn({}, args);
}

/** The same with more in its environment. */
export function startCouponMediaIn(environment: NodeJS.ProcessEnv, args: readonly string[]): Running {
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
  const end = ended(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text;
    });
  }
  return {
    child,
    prints: async (text) => {
      while (!output.includes(text)) {
        const gone = await Promise.race([
          end,
          Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data')]),
        ]);
        if ('code' in gone)
          throw new Error(`it ended with ${gone.code} before it printed "${text}": ${output}`);
      }
      return output;
    },
    stop: (signal = 'SIGINT') => {
      child.kill(signal);
      return end;
    },
  };
}

async function ended(child: ChildProcess): Promise<Ended> {
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text) => {
      texts[name] += text;
    });
  }
  const [code] = await once(child, 'close');
  return { code, ...texts };
}
