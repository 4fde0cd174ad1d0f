/** A log for events that peers can cause as often as they like. It writes at most one line per second and kind. */
export interface ThrottledLog {
  info(kind: string, fields: object, message: string): void;
  warn(kind: string, fields: object, message: string): void;
}

/** Milliseconds. */
const INTERVAL = 1_000;

/**
 * Creates a throttled log. A line contains the number of lines of its kind that were left out before it (`unlogged`).
 */
export function throttleLog(log: {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}): ThrottledLog {
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
