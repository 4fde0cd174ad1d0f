import type { Logger } from 'pino';

/** A log for what peers can bring about as often as they like: at most one line a second and kind, whatever they do. */
export interface ThrottledLog {
  info(kind: string, fields: object, message: string): void;
  warn(kind: string, fields: object, message: string): void;
}

/** Milliseconds. */
const INTERVAL = 1_000;

/** A line tells how many of its kind were left out before it (`unlogged`). */
export function throttleLog(log: Pick<Logger, 'info' | 'warn'>): ThrottledLog {
  const kinds = new Map<string, { nextAt: number; unlogged: number }>();

  function write(level: 'info' | 'warn', kind: string, fields: object, message: string): void {
    const now = performance.now();
    const { nextAt, unlogged } = kinds.get(kind) ?? { nextAt: now, unlogged: 0 };
    if (now < nextAt) {
      kinds.set(kind, { nextAt, unlogged: unlogged + 1 });
      return;
    }
    kinds.set(kind, { nextAt: now + INTERVAL, unlogged: 0 });
    log[level](unlogged > 0 ? { ...fields, unlogged } : fields, message);
  }

  return {
    info: (kind, fields, message) => write('info', kind, fields, message),
    warn: (kind, fields, message) => write('warn', kind, fields, message),
  };
}
