import { writeSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ServiceLog, WriteLine } from './log.js';

/** Bytes of lines that wait for an output that accepts none; further lines are dropped. */
const WAITING_LIMIT = 1024 * 1024;

/** Milliseconds after the start until pino is loaded, which would delay the response to the first request. */
const LOADED_AFTER = 100;

/** A log whose lines wait until it is opened. */
export interface LateLog {
  readonly log: ServiceLog;
  /** Begins to write: the lines that wait first, in their order and with their own times. */
  open(): void;
}

type Level = keyof typeof LEVELS;

/** pino's numbers of the levels of a line. */
const LEVELS = { info: 30, warn: 40, error: 50 } as const;

interface Line {
  readonly level: Level;
  readonly at: number;
  readonly fields: object;
  readonly message: string | undefined;
}

/**
 * Makes the log of a service, which is written to standard output by pino. The library is loaded after the start, and not at all
 * where nothing is logged; until then lines wait. A process that exits meanwhile writes them first.
 *
 * @param level the lowest that is logged
 */
export function createLog(level: string): LateLog {
  const lowest = level === 'silent' ? Number.POSITIVE_INFINITY : (LEVELS[level as Level] ?? 0);
  let waiting: Line[] = [];
  let written: ServiceLog | undefined;
  let isOpen = false;
  /** The time of the line that is being written, if it has waited. */
  let at: number | undefined;

  function load(): void {
    loadPino(level, () => at ?? Date.now()).then((log) => {
      written = log;
      const lines = waiting;
      waiting = [];
      for (const line of lines) {
        at = line.at;
        log[line.level](line.fields, line.message);
      }
      at = undefined;
      process.off('exit', writeWaiting);
    }, writeWaiting);
  }

  function writeWaiting(): void {
    const text = waiting.map((line) => `${textOf(line)}\n`).join('');
    waiting = [];
    try {
      writeSync(1, text);
    } catch {
      // An output that takes nothing does not change how the process ends.
    }
  }

  function begin(): void {
    if (isOpen && waiting.length > 0) setTimeout(load, LOADED_AFTER).unref();
  }

  function writer(name: Level): WriteLine {
    return (first: string | object, message?: string) => {
      if (LEVELS[name] < lowest) return;
      const [fields, text] = typeof first === 'string' ? [{}, first] : [first, message];
      if (written) return written[name](fields, text);
      waiting.push({ level: name, at: Date.now(), fields, message: text });
      if (waiting.length > 1) return;
      process.once('exit', writeWaiting);
      begin();
    };
  }

  return {
    log: { info: writer('info'), warn: writer('warn'), error: writer('error') },
    open() {
      isOpen = true;
      begin();
    },
  };
}

/**
 * The service continues without its log: if the output's disk is full, lines wait until there is room again. pino alone would
 * throw, and would then try forever to write the rest before the process exits, without an answer to anybody: whoever can make the
 * log grow could end a service for good.
 */
async function loadPino(level: string, now: () => number): Promise<ServiceLog> {
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
  const log: ServiceLog = pino({ level, timestamp: () => `,"time":${now()}` }, output);
  return log;
}

/** A line as pino writes it, for a process that ends before the library is loaded. */
function textOf({ level, at, fields, message: msg }: Line): string {
  const head = { level: LEVELS[level], time: at, pid: process.pid, hostname: hostname() };
  return JSON.stringify({ ...head, ...fields, msg }, (_, value: unknown) =>
    value instanceof Error ? { type: value.name, message: value.message, stack: value.stack } : value,
  );
}
