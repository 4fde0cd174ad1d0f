import { type ChildProcess, fork } from 'node:child_process';
import type { DecoderResponse, Result, Task } from './decoder/protocol.js';
import { PrepareError } from './errors.js';
import { formatNames } from './formats.js';
import { aborted } from './turns.js';

/**
 * Has a task done in a process of its own, which is killed when it takes too long or too much memory, and ends with this
 * one, however that ends. Processes are kept for the next task, ended after some idle seconds, and keep no program alive.
 *
 * @throws PrepareError what the task is refused with, `TIMED_OUT`, `TOO_MUCH_MEMORY`, `DAMAGED`, `ABORTED`
 */
export async function decode(task: Task, signal: AbortSignal | undefined): Promise<Result> {
  if (signal?.aborted) throw aborted(signal);
  const decoder = idle.pop() ?? start();
  clearTimeout(decoder.idleTimer);
  const { outcome, held } = await ask(decoder.process, task, signal);
  if ('facts' in outcome) {
    release(decoder, held);
    return outcome;
  }
  // Who has read a broken file is not trusted with the next one: it may have been broken by it.
  end(decoder);
  if ('failure' in outcome) throw new Error(`a fault in @coupon-media/prepare: ${outcome.failure}`);
  throw new PrepareError(outcome.refusal.code, outcome.refusal.values);
}

/** What a process holds counts for its next task, too. A new one costs a quarter of a second. */
const MOST_TASKS = 50;
const MOST_BYTES_HELD = 256 * 1024 * 1024;
const IDLE_MILLISECONDS = 5_000;

interface Decoder {
  readonly process: ChildProcess;
  tasks: number;
  idleTimer?: NodeJS.Timeout;
}

const idle: Decoder[] = [];

function start(): Decoder {
  const child = fork(new URL('./decoder/process.js', import.meta.url), [String(process.pid)], {
    env: decoderEnvironment(),
    // Pixels live outside of this heap; what lives inside is small.
    execArgv: ['--max-old-space-size=256'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  // While it works, the time limit's timer keeps the program alive; idle, nothing does.
  child.unref();
  child.channel?.unref();
  const decoder = { process: child, tasks: 0 };
  child.on('exit', () => forget(decoder));
  child.on('error', () => forget(decoder));
  return decoder;
}

/** What decodes strangers' files sees no secrets of the program's environment. */
function decoderEnvironment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

function release(decoder: Decoder, held: number): void {
  decoder.tasks++;
  if (decoder.tasks >= MOST_TASKS || held > MOST_BYTES_HELD) {
    end(decoder);
    return;
  }
  idle.push(decoder);
  decoder.idleTimer = setTimeout(() => end(decoder), IDLE_MILLISECONDS).unref();
}

function end(decoder: Decoder): void {
  forget(decoder);
  decoder.process.kill('SIGKILL');
}

function forget(decoder: Decoder): void {
  clearTimeout(decoder.idleTimer);
  const at = idle.indexOf(decoder);
  if (at >= 0) idle.splice(at, 1);
}

/** One question, one response; or the process's end, whoever brought it about. */
function ask(child: ChildProcess, task: Task, signal: AbortSignal | undefined): Promise<DecoderResponse> {
  return new Promise((resolve, reject) => {
    const { timeLimit } = task.limits;
    const timer = setTimeout(() => kill(new PrepareError('TIMED_OUT', { limit: timeLimit })), timeLimit);

    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      child.off('message', answered).off('exit', ended).off('error', failed);
    };
    const answered = (message: unknown): void => {
      settle();
      resolve(message as DecoderResponse);
    };
    const ended = (code: number | null, killer: NodeJS.Signals | null): void => {
      settle();
      reject(endingError(task, code, killer));
    };
    const failed = (cause: Error): void => {
      child.kill('SIGKILL');
      settle();
      reject(new PrepareError('DECODER_UNAVAILABLE', { reason: cause.message }, cause));
    };
    const kill = (error: PrepareError): void => {
      child.kill('SIGKILL');
      settle();
      reject(error);
    };
    const abort = (): void => kill(aborted(signal));

    child.once('message', answered).once('exit', ended).once('error', failed);
    signal?.addEventListener('abort', abort);
    child.send(task, (cause) => {
      if (cause) failed(cause);
    });
  });
}

/** What a process that ended by itself died of. */
function endingError(
  { format, limits }: Task,
  code: number | null,
  killer: NodeJS.Signals | null,
): PrepareError {
  if (killer === 'SIGALRM') return new PrepareError('TIMED_OUT', { limit: limits.timeLimit });
  if (killer !== null && DEATHS_BY_MEMORY.has(killer)) {
    return new PrepareError('TOO_MUCH_MEMORY', { limit: limits.memoryLimit });
  }
  const reason = `its decoder ended with ${killer ?? `code ${code}`}`;
  return new PrepareError('DAMAGED', { format: formatNames[format], reason });
}

/** SIGKILL: the memory guard, or the operating system short of memory. The others: V8 or glib found none. */
const DEATHS_BY_MEMORY: ReadonlySet<NodeJS.Signals> = new Set(['SIGKILL', 'SIGABRT', 'SIGTRAP']);
