import type { ServiceLog } from './log.js';

/** Bytes of lines that wait for an output that accepts none; further lines are dropped. */
const WAITING_LIMIT = 1024 * 1024;

/**
 * Opens the log of a service, which is written to standard output. The service continues without it: if the output's disk is full,
 * lines wait until there is room again. pino alone would throw, and would then try forever to write the rest before the process
 * exits, without an answer to anybody: whoever can make the log grow could end a service for good.
 */
export async function openLog(level: string): Promise<ServiceLog> {
  // A composition with a log of its own does not load the library.
  const { pino } = await import('pino');
  const output = pino.destination({ dest: 1, sync: false, maxLength: WAITING_LIMIT });
  let isBroken = false;
  output.on('error', () => {
    isBroken = true;
  });
  output.on('write', () => {
    isBroken = false;
  });
  const flushSync = output.flushSync.bind(output);
  output.flushSync = () => {
    if (!isBroken) flushSync();
  };
  const log: ServiceLog = pino({ level }, output);
  return log;
}
