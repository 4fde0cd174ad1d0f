import { fdatasync, open } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { createSpool, type Spool } from '../spool/spool.js';

/** A spool that becomes the file of an image. */
export interface FileSpool extends Spool {
  /** Makes the bytes durable and gives the file its final name. The name is durable once its folder is synced. */
  publish(file: string): Promise<void>;
  /** Closes the file and removes it unless it was published. Never rejects. */
  discard(): Promise<void>;
}

const system = { open: promisify(open), sync: promisify(fdatasync) };

export function createFileSpool(file: string): FileSpool {
  const spool = createSpool(() => system.open(file, 'wx', 0o600));
  let publishing: Promise<void> | undefined;
  let published = false;
  return {
    ...spool,
    publish(target) {
      publishing ??= spool.use(async (descriptor) => {
        await system.sync(descriptor);
        await rename(file, target);
        published = true;
      });
      return publishing;
    },
    async discard() {
      await spool.discard();
      if (!published) await rm(file, { force: true }).catch(() => undefined);
    },
  };
}
