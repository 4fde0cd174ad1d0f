import type { FileHandle } from 'node:fs/promises';

/** Appends JSON lines to a file, into room that was set aside before, so that a full disk is found out in time. */
export interface Appender {
  /** Sees to it that there is room for as many lines as may come at once. @throws what the file system says */
  reserve(): Promise<void>;
  /** Resolves when the line is on the disk. Lines that come while others are written share the next write. */
  append(line: object): Promise<void>;
  /** Gives back the room that is left. */
  close(): Promise<void>;
}

/** Lines that may come between one `reserve` and the next: as many as uploads may be under way. */
export const LINES_AT_ONCE = 32;

/** @param length where the last whole line ends */
export function createAppender(handle: FileHandle, length: number): Appender {
  let end = length;
  let roomEnd = length;
  let lines: string[] = [];
  let flushing: Promise<void> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other, whatever becomes of the one before. */
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

  /** A disk that fills up takes a part, and refuses only the rest. */
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

/** Bytes that a line has at most: an URL of 256 characters, a filename of 150, two digests. */
const LINE = 2048;

/** Room is set aside as empty lines, which mean nothing. */
const ROOM = Buffer.alloc(LINES_AT_ONCE * LINE, '\n');
