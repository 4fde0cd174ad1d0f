import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/**
 * Attaches strace to all threads of a process.
 *
 * @param options strace's
 * @returns lets the process go
 */
export async function attach(pid: number, options: readonly string[]): Promise<() => Promise<void>> {
  const strace = spawn('strace', ['-f', '-p', String(pid), ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const closed = once(strace, 'close');
  const said: string[] = [];
  // Read to the end: strace would wait for who does not.
  const lines = createInterface(strace.stderr);
  lines.on('line', (line) => said.push(line));
  while (!said.some((line) => /Process \d+ attached/.test(line))) {
    const gone = await Promise.race([once(lines, 'line'), closed.then(() => 'gone')]);
    if (gone === 'gone') throw new Error(`strace could not be attached: ${said.join('; ')}`);
  }
  return async () => {
    // It lets go at SIGINT, and then ends.
    strace.kill('SIGINT');
    await closed;
  };
}

/** A system call of a trace made with `-f -y`. */
export interface Call {
  /** As strace writes it, its result included. */
  readonly text: string;
  /** Lines of the trace. Of two calls, one ended before the other began, or they ran side by side. */
  readonly began: number;
  readonly ended: number;
}

/** Reads a trace. Calls that were interrupted by those of other threads are put together again; those without an end are left out. */
export function parseTrace(trace: string): Call[] {
  const calls: Call[] = [];
  const open = new Map<string, { text: string; began: number }>();
  for (const [at, line] of trace.split('\n').entries()) {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const [, beginning] = /^(.*) <unfinished \.\.\.>$/.exec(rest) ?? [];
    const [, ending] = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest) ?? [];
    const begun = open.get(thread);
    if (beginning !== undefined) open.set(thread, { text: beginning, began: at });
    else if (ending === undefined) calls.push({ text: rest, began: at, ended: at });
    else if (begun) calls.push({ text: begun.text + ending, began: begun.began, ended: at });
  }
  return calls;
}
