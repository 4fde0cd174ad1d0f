/**
 * Outlives the process that started engines, whatever ended it, and ends them: told of process ids and folders on its
 * standard input, one a line, it acts when that closes.
 */
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { end } from './processes.mjs';

/** @type {Map<number, NodeJS.Signals>} */
const processes = new Map();
/** @type {Set<string>} */
const folders = new Set();

// A terminal's ^C is for the tests; the guard goes by its input alone.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => {});

for await (const line of createInterface({ input: process.stdin })) {
  const [word, value = '', signal = 'SIGKILL'] = line.split('\t');
  if (word === 'process') processes.set(Number(value), /** @type {NodeJS.Signals} */ (signal));
  if (word === 'ended') processes.delete(Number(value));
  if (word === 'folder') folders.add(value);
  if (word === 'removed') folders.delete(value);
}
await Promise.all([...processes].map(([pid, signal]) => end(pid, signal)));
for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
