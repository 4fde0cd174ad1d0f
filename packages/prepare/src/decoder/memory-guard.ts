import { parentPort } from 'node:worker_threads';

/**
 * Runs in a thread beside the decoding, and ends the whole process when it holds more memory than it may: neither libvips
 * nor WebAssembly can be told a limit, and while they work the main thread cannot look. It is told the limit in bytes.
 */
let limit = Number.POSITIVE_INFINITY;

parentPort?.on('message', (bytes: number) => {
  limit = bytes;
});

setInterval(() => {
  // SIGKILL, since a thread in native code hears no other.
  if (process.memoryUsage.rss() > limit) process.kill(process.pid, 'SIGKILL');
}, 20);
