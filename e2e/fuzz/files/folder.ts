import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const folder = mkdtempSync(path.join(tmpdir(), 'coupon-media-fuzz-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

/** @returns the path of a file of this run's own */
export function fileOf(name: string): string {
  return path.join(folder, name);
}

/** Writes a file of this run's own. @returns its path */
export function written(name: string, bytes: Buffer | string): string {
  const file = fileOf(name);
  writeFileSync(file, bytes);
  return file;
}
