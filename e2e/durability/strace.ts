import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/**
 * Attaches strace to all threads of a process.
 *
 * @param options the options of strace
 * @returns a function that detaches it
 */
export async function attach(pid: number, options: readonly string[]): Promise<() => Promise<void>> {
  const strace = spawn('strace', ['-f', '-p', String(pid), ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const closed = once(strace, 'close');
  const said: string[] = [];
  // The output is read to its end, because strace waits for its reader.
  const lines = createInterface(strace.stderr);
  lines.on('line', (line) => said.push(line));
  while (!said.some((line) => /Process \d+ attached/.test(line))) {
    const gone = await Promise.race([once(lines, 'line'), closed.then(() => 'gone')]);
    if (gone === 'gone') throw new Error(`strace could not be attached: ${said.join('; ')}`);
  }
  return async () => {
    // strace detaches at SIGINT and then ends.
    strace.kill('SIGINT');
    await closed;
  };
}

/** A system call of a trace made with `-f -y`. */
export interface Call {
  /** The call as strace writes it, with its result. */
  readonly text: string;
  /** The id of the thread; of a process' first thread it is that of the process. */
  readonly thread: number;
  /** The lines of the trace. Of two calls, one ended before the other began, or they overlapped. */
  readonly began: number;
  readonly ended: number;
}

/** Reads a trace. Calls that others interrupted are joined, and those without an end are omitted. */
export function parseTrace(trace: string): Call[] {
  const calls: Call[] = [];
  const open = new Map<string, { text: string; began: number }>();
  for (const [at, line] of trace.split('\n').entries()) {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const [, beginning] = /^(.*) <unfinished \.\.\.>$/.exec(rest) ?? [];
    const [, ending] = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest) ?? [];
    const begun = open.get(thread);
    if (beginning !== undefined) open.set(thread, { text: beginning, began: at });
    else if (ending === undefined) calls.push({ text: rest, thread: Number(thread), began: at, ended: at });
    else if (begun)
      calls.push({ text: begun.text + ending, thread: Number(thread), began: begun.began, ended: at });
  }
  return calls;
}
