import { type AddedRows, type Addition, HELD_IN_MEMORY, type ImageDraft, type NewUpload } from '../index.js';
import type { HeldMemory } from './held.js';
import type { Spool } from './spool.js';

/** Stores the bytes of a draft, depending on their length. */
export interface DraftStorage<S extends Spool> {
  /** Creates a spool for an image that is longer than {@link HELD_IN_MEMORY} and finds no room in `memory`. */
  spool(): S;
  /** Room for longer images. Default: none, so that each of them is spooled. */
  readonly memory?: HeldMemory;
  /** Stores an image that was held in memory. */
  keepShort(upload: NewUpload, content: Buffer, addition: Addition | undefined): Promise<AddedRows>;
  /** Stores a spooled image. It must discard the spool in the end, whatever happened. */
  keepLong(upload: NewUpload, spool: S, addition: Addition | undefined): Promise<AddedRows>;
}

export function createDraft<S extends Spool>(storage: DraftStorage<S>): ImageDraft {
  let held: Buffer[] = [];
  let spool: S | undefined;
  let bytes = 0;
  /** The bytes that count in the shared memory. */
  let taken = 0;
  let ended = false;

  return {
    write(chunk) {
      if (ended) throw new Error('the draft has ended');
      bytes += chunk.length;
      if (!spool) {
        held.push(chunk);
        if (bytes > HELD_IN_MEMORY && !holds()) return spill();
        return;
      }
      return spool.write(chunk);
    },
    async commit(upload, addition) {
      if (ended) throw new Error('the draft has ended');
      if (bytes !== upload.bytes) throw new RangeError(`${bytes} bytes were written of ${upload.bytes}`);
      ended = true;
      if (spool) return storage.keepLong(upload, spool, addition);
      const content = whole(held);
      held = [];
      const added = await storage.keepShort(upload, content, addition).finally(release);
      if (bytes <= HELD_IN_MEMORY) addition?.keep?.(content);
      return added;
    },
    async discard() {
      ended = true;
      held = [];
      release();
      await spool?.discard();
    },
  };

  /** Takes room for what has arrived, as far as there is some. */
  function holds(): boolean {
    if (!storage.memory?.take(bytes - taken)) return false;
    taken = bytes;
    return true;
  }

  function release(): void {
    storage.memory?.release(taken);
    taken = 0;
  }

  function spill(): void | Promise<void> {
    const file = storage.spool();
    const written = held.map((chunk) => file.write(chunk));
    held = [];
    release();
    spool = file;
    return written.at(-1);
  }
}

/** Most small images arrive in one chunk, which is then not copied. */
function whole(chunks: readonly Buffer[]): Buffer {
  const [only] = chunks;
  return only && chunks.length === 1 ? only : Buffer.concat(chunks);
}
