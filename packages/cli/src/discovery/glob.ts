import path from 'node:path';
import { glob } from 'tinyglobby';

/** @returns whether a name that is no file's may be meant as a pattern */
export function isGlob(name: string): boolean {
  return /[*?[{]/.test(name);
}

/** @returns files, in the order in which people number them, with the pattern's own beginning */
export async function expand(pattern: string): Promise<string[]> {
  // Shells on Windows expand nothing, and paths there have backslashes.
  const slashes = process.platform === 'win32' ? pattern.replaceAll('\\', '/') : pattern;
  const files = await glob([slashes], {
    absolute: path.isAbsolute(pattern),
    expandDirectories: false,
  });
  return files.sort(new Intl.Collator('en', { numeric: true }).compare);
}
