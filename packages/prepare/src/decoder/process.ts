import { Worker } from 'node:worker_threads';
import { PrepareError } from '../errors.js';
import { damaged } from './damage.js';
import type { DecoderResponse, Task } from './protocol.js';
import type { Bounds, WatchdogData } from './watchdog.js';

/**
 * The decoding process. It handles one task after another and sends one response for each. It can be killed: a decoder of
 * untrusted files may hang, grow or crash, and then only this image is lost.
 */
const watchdog = new Worker(new URL('./watchdog.js', import.meta.url), {
  workerData: { program: Number(process.argv[2]) } satisfies WatchdogData,
});
watchdog.unref();

// Ctrl-C reaches every process of a terminal, but the parent decides when this one ends.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
process.on('message', (task: Task) => {
  watchdog.postMessage(task.limits satisfies Bounds);
  void respond(task).then((outcome) => {
    watchdog.postMessage(undefined);
    process.send?.({ outcome, held: process.memoryUsage.rss() } satisfies DecoderResponse);
  });
});

async function respond(task: Task): Promise<DecoderResponse['outcome']> {
  try {
    // Loaded late, so that a missing binary is reported in a response.
    const { work } = await import('./work.js').catch((cause: unknown) => {
      throw new PrepareError('DECODER_UNAVAILABLE', { reason: NOT_LOADED }, cause);
    });
    return await work({ ...task, source: asBuffer(task.source) });
  } catch (error) {
    const refusal = error instanceof PrepareError ? error : inOurWords(task, error);
    if (!refusal) return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    const cause = refusal.cause === undefined ? undefined : words(refusal.cause);
    return { refusal: { code: refusal.code, values: refusal.values, cause } };
  }
}

/** Converts the errors that a broken file causes in a reader without explicit checks. All other errors are bugs. */
function inOurWords({ format, limits }: Task, error: unknown): PrepareError | undefined {
  // A size that cannot be allocated, or an offset outside the file.
  if (!(error instanceof RangeError)) return undefined;
  if (/allocation/i.test(error.message))
    return new PrepareError('TOO_MUCH_MEMORY', { limit: limits.memoryLimit }, error);
  return damaged(format, 'header', {}, error);
}

const NOT_LOADED = { 'zh-CN': '无法加载图片库 sharp', en: 'the library sharp cannot be loaded' };

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** What a library said, without control characters and at a length that can be logged. */
function words(cause: unknown): string {
  const said = String(cause instanceof Error ? cause.message : cause);
  return said
    .replace(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, 300);
}
