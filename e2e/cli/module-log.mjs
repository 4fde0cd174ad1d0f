/** With `node --import`: appends the URL of each module that a process loads to the file that MODULE_LOG names. */
import { appendFileSync } from 'node:fs';
import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

// The same file is the hook, which runs on a thread of its own.
if (isMainThread) register(import.meta.url);

/** @type {import('node:module').LoadHook} */
export function load(url, context, next) {
  appendFileSync(process.env.MODULE_LOG ?? '', `${url}\n`);
  return next(url, context);
}
