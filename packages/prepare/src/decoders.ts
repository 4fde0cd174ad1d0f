import { type ChildProcess, fork } from 'node:child_process';
import { fileErrorText } from '@coupon-media/apiv3';
import type { DecoderResponse, Drawn, Result, Task } from './decoder/protocol.js';
import { PrepareError } from './errors.js';
import { formatNames } from './formats.js';
import { aborted } from './turns.js';

/**
 * Runs a task in a decoding process, which is killed if it takes too long or too much memory, and which ends with this process.
 * Processes are reused for the next task, end after some idle seconds, and do not keep the program alive.
 *
 * @throws PrepareError the refusal of the task, `TIMED_OUT`, `TOO_MUCH_MEMORY`, `DAMAGED`, `ABORTED`
 */
export async function decode(task: Task, signal: AbortSignal | undefined): Promise<Result> {
  const outcome = await run(task, signal);
  if (!('facts' in outcome)) throw new TypeError('the decoder examined nothing');
  return outcome;
}

/** Draws a thumbnail in the same way. @returns WebP */
export async function decodeThumbnail(task: Task, signal: AbortSignal | undefined): Promise<Buffer> {
  const outcome = await run(task, signal);
  if (!('thumbnail' in outcome)) throw new TypeError('the decoder drew nothing');
  const { buffer, byteOffset, byteLength } = outcome.thumbnail;
  return Buffer.from(buffer, byteOffset, byteLength);
}

async function run(task: Task, signal: AbortSignal | undefined): Promise<Result | Drawn> {
  if (signal?.aborted) throw aborted(signal);
  const decoder = idle.pop() ?? start();
  clearTimeout(decoder.idleTimer);
  const { outcome, held } = await ask(decoder.process, task, signal);
  if ('facts' in outcome || 'thumbnail' in outcome) {
    release(decoder, held);
    return outcome;
  }
  // A process that read a broken file is not reused, since the file may have corrupted it.
  end(decoder);
  if ('failure' in outcome) throw new Error(`a fault in @coupon-media/prepare: ${outcome.failure}`);
  const { code, values, cause } = outcome.refusal;
  throw new PrepareError(code, values, cause);
}

/** The limits for reuse: the memory of a process counts for its next task, too. A new process takes a quarter of a second. */
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
    // Pixels are outside this heap, which needs little memory.
    execArgv: ['--max-old-space-size=256'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  // During a task, the timer of the time limit keeps the program alive; an idle process does not.
  child.unref();
  // Bun's channel has no such function, and does not keep the program alive.
  child.channel?.unref?.();
  const decoder = { process: child, tasks: 0 };
  child.on('exit', () => forget(decoder));
  child.on('error', () => forget(decoder));
  return decoder;
}

/** A process that decodes untrusted files must not see secrets in the environment. */
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

/** Sends a task and waits for the response, or for the end of the process. */
function ask(child: ChildProcess, task: Task, signal: AbortSignal | undefined): Promise<DecoderResponse> {
  return new Promise((resolve, reject) => {
    // The watchdog within the process counts its processor time; this one is for a process that only waits.
    const { wallLimit } = task.limits;
    const timer = setTimeout(() => kill(new PrepareError('STALLED', { limit: wallLimit })), wallLimit);

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
      reject(new PrepareError('DECODER_UNAVAILABLE', { reason: fileErrorText(cause) }, cause));
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

/** Gives the reason why a process ended by itself. */
function endingError(
  { format, limits }: Task,
  code: number | null,
  killer: NodeJS.Signals | null,
): PrepareError {
  if (killer === 'SIGALRM') return new PrepareError('TIMED_OUT', { limit: limits.timeLimit });
  if (killer !== null && DEATHS_BY_MEMORY.has(killer)) {
    return new PrepareError('TOO_MUCH_MEMORY', { limit: limits.memoryLimit });
  }
  const how = killer ?? `code ${code}`;
  const reason = {
    'zh-CN': `解码进程异常退出（${killer ?? `退出码 ${code}`}）`,
    en: `its decoder ended with ${how}`,
  };
  return new PrepareError('DAMAGED', { format: formatNames[format], reason });
}

/**
 * SIGKILL comes from the watchdog, or from the operating system when it has no memory; the others from V8 or glib when an
 * allocation fails.
 */
const DEATHS_BY_MEMORY: ReadonlySet<NodeJS.Signals> = new Set(['SIGKILL', 'SIGABRT', 'SIGTRAP']);
