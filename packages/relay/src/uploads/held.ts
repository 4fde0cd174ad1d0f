/** The bytes of images whose callers wait, so that their uploads need not read them from the store. */
export interface HeldImages {
  /** Keeps bytes while there is room for them. What has none is read from the store, as after a restart. */
  keep(sha256: string, content: Buffer): void;
  /** Whoever kept the image waits no longer. */
  letGo(sha256: string): void;
  find(sha256: string): Buffer | undefined;
}

/** Bytes of all images together. */
const ROOM = 16 * 1024 * 1024;

export function holdImages(room = ROOM): HeldImages {
  const held = new Map<string, { readonly content: Buffer; readonly bytes: number; holders: number }>();
  let taken = 0;
  return {
    keep(sha256, content) {
      const known = held.get(sha256);
      if (known) {
        known.holders += 1;
        return;
      }
      // The memory that is held is that of the piece of the request that the image came in.
      const bytes = content.buffer.byteLength;
      if (taken + bytes > room) return;
      held.set(sha256, { content, bytes, holders: 1 });
      taken += bytes;
    },
    letGo(sha256) {
      const known = held.get(sha256);
      if (!known) return;
      known.holders -= 1;
      if (known.holders > 0) return;
      held.delete(sha256);
      taken -= known.bytes;
    },
    find: (sha256) => held.get(sha256)?.content,
  };
}
