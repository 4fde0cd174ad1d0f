import { createConnection } from 'node:net';

/** A connection of an attacker's, on which it writes what it likes. */
export interface Line {
  /** Writes. @returns itself */
  write(bytes: string | Buffer): Line;
  /** Writes the same again and again, so many milliseconds apart. */
  every(interval: number, bytes: string): void;
  /** Writes and goes away as soon as it is written. Resolves when the connection is closed. */
  leaveAfter(bytes: string | Buffer): Promise<void>;
  halfClose(): void;
  stopReading(): void;
  /** @returns the first bytes that come back; undefined where the other end closes first, or the signal comes */
  answered(signal: AbortSignal): Promise<string | undefined>;
  /** @returns all that comes back until the other end says that no more does; undefined where the signal comes first */
  ended(signal: AbortSignal): Promise<string | undefined>;
  isClosed(): boolean;
  end(): void;
}

/** Another address than honest clients have, where the system has several for itself: proxies limit by address. */
const OWN_ADDRESS = process.platform === 'linux' ? { localAddress: '127.0.0.2' } : {};

/** @returns a line that is open, or was refused: then it is closed */
export async function open(port: number): Promise<Line> {
  const socket = createConnection({ port, host: '127.0.0.1', allowHalfOpen: true, ...OWN_ADDRESS });
  let received = '';
  let timer: NodeJS.Timeout | undefined;
  socket.on('data', (bytes) => {
    received += bytes.toString('latin1');
  });
  socket.on('error', () => {});
  socket.on('end', () => {
    if (timer) socket.destroy();
  });
  socket.on('close', () => clearInterval(timer));
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));

  function until(event: 'data' | 'end', signal: AbortSignal): Promise<string | undefined> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve(undefined);
      if (event === 'data' ? received !== '' : socket.readableEnded || socket.destroyed)
        return resolve(received);
      const give = () => {
        signal.removeEventListener('abort', stop);
        resolve(received);
      };
      const stop = () => resolve(undefined);
      socket.once(event, give);
      socket.once('close', give);
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  const line: Line = {
    write(bytes) {
      socket.write(bytes);
      return line;
    },
    every(interval, bytes) {
      timer = setInterval(() => socket.write(bytes), interval);
    },
    leaveAfter: (bytes) =>
      new Promise((resolve) => {
        if (socket.destroyed) return resolve();
        socket.once('close', () => resolve());
        socket.write(bytes, () => socket.destroy());
      }),
    halfClose: () => void socket.end(),
    stopReading: () => void socket.pause(),
    answered: (signal) => until('data', signal),
    ended: (signal) => until('end', signal),
    isClosed: () => socket.destroyed || socket.readableEnded,
    end: () => void socket.destroy(),
  };
  return line;
}
