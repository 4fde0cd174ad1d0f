import type { FileHandle } from 'node:fs/promises';
import { LINES_AT_ONCE } from './lines-at-once.js';

/** Appends JSON lines to a file, into space that was reserved before, so that a full disk is detected in time. */
export interface Appender {
  /** Reserves space for as many lines as may come at once. @throws the error of the file system */
  reserve(): Promise<void>;
  /** Resolves when the line is on the disk. Lines that arrive during a write share the next one. */
  append(line: object): Promise<void>;
  /** Releases the unused space. */
  close(): Promise<void>;
}

/** @param length the end of the last complete line in bytes */
export function createAppender(handle: FileHandle, length: number): Appender {
  let end = length;
  let roomEnd = length;
  let lines: string[] = [];
  let flushing: Promise<void> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  /** Runs tasks one after the other, whether or not the previous one failed. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  }

  async function extend(): Promise<void> {
    if (roomEnd - end >= ROOM.length) return;
    try {
      await writeWhole(ROOM, roomEnd);
      roomEnd += ROOM.length;
    } catch (error) {
      await handle.truncate(roomEnd).catch(() => {});
      throw error;
    }
  }

  async function flush(): Promise<void> {
    const bytes = Buffer.from(lines.join(''));
    lines = [];
    flushing = undefined;
    await writeWhole(bytes, end);
    end += bytes.length;
    roomEnd = Math.max(roomEnd, end);
  }

  /** A disk that fills up accepts a part and refuses only the rest. */
  async function writeWhole(bytes: Buffer, at: number): Promise<void> {
    for (let written = 0; written < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, at + written);
      written += bytesWritten;
    }
    await handle.datasync();
  }

  return {
    reserve: () => inTurn(extend),
    append(line) {
      lines.push(`${JSON.stringify(line)}\n`);
      flushing ??= inTurn(flush);
      return flushing;
    },
    close: () => inTurn(() => handle.truncate(end)),
  };
}

/** The longest line in bytes: a URL of 256 characters, a filename of 150, two digests. */
const LINE = 2048;

/** Space is reserved as empty lines, which are ignored. */
const ROOM = Buffer.alloc(LINES_AT_ONCE * LINE, '\n');
