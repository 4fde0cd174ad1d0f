import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** A file of the page, in memory. */
export interface ConsoleFile {
  readonly type: string;
  readonly bytes: Buffer;
  /** Undefined if compressing does not make it shorter. */
  readonly gzipped: Buffer | undefined;
  readonly etag: string;
  /** Whether its name changes with its content. */
  readonly isNamedByDigest: boolean;
}

/**
 * Reads what `npm run build` made of the page: some hundred KiB, so that no request for it opens a file. What is not among these names
 * is not served, so that no path leads out of the folder.
 *
 * @returns the files by their paths within `/console/`
 */
export async function readFiles(): Promise<ReadonlyMap<string, ConsoleFile>> {
  const entries = await readdir(STATIC, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return new Map(
    await Promise.all(
      files.map(async ({ parentPath, name }) => {
        const file = path.join(parentPath, name);
        const where = path.relative(STATIC, file).split(path.sep).join('/');
        return [where, await describe(where, await readFile(file))] as const;
      }),
    ),
  );
}

const STATIC = fileURLToPath(new URL('../static/', import.meta.url));
const compress = promisify(gzip);

async function describe(where: string, bytes: Buffer): Promise<ConsoleFile> {
  const gzipped = await compress(bytes, { level: 9 });
  return {
    type: TYPES[path.extname(where)] ?? 'application/octet-stream',
    bytes,
    gzipped: gzipped.length < bytes.length ? gzipped : undefined,
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    isNamedByDigest: where.startsWith('assets/'),
  };
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};
