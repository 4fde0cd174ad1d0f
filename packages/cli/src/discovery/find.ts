import { stat } from 'node:fs/promises';
import path from 'node:path';
import { describeSecret, pathFault, type Text } from '@coupon-media/apiv3';
import { glob } from 'tinyglobby';
import type { MessageKey, Values } from '../messages/messages.js';
import { type Walked, walk } from './walk.js';

/** The result of a search for images. */
export interface FoundImages {
  /** Paths as given, or under the given folder; `-` is standard input. They are in order, and each file appears once. */
  readonly images: readonly string[];
  /** The paths that could not be found or read. */
  readonly problems: readonly PathProblem[];
  /** The number of files in folders that are not images by their names. */
  readonly leftOut: number;
}

/** A given path that cannot be found or read, with a sentence of the message table. */
export interface PathProblem {
  /** The path as given; if it is not a path, its description. */
  readonly path: string | Text;
  readonly key: MessageKey;
  readonly values: Values;
  /** The error of the file system, if there was one. */
  readonly cause?: unknown;
}

/** Standard input, among paths. */
export const STDIN = '-';

/**
 * Finds images. Given files are taken whatever their suffix; folders are searched recursively by suffix; a name with wildcards
 * is a glob if no file has that name.
 *
 * @param suffixes in lower case, with the dot
 */
export async function findImages(
  names: readonly string[],
  suffixes: ReadonlySet<string>,
): Promise<FoundImages> {
  const images = new Map<string, string>();
  const problems: PathProblem[] = [];
  let leftOut = 0;
  for (const name of names) {
    const found = await findNamed(name, suffixes);
    for (const image of found.images) {
      const key = image === STDIN ? STDIN : path.resolve(image);
      if (!images.has(key)) images.set(key, image);
    }
    problems.push(...found.problems);
    leftOut += found.leftOut;
  }
  return { images: [...images.values()], problems, leftOut };
}

async function findNamed(name: string, suffixes: ReadonlySet<string>): Promise<FoundImages> {
  if (name === STDIN) return { ...NOTHING, images: [STDIN] };
  try {
    const stats = await stat(name);
    return stats.isDirectory() ? inFolder(name, suffixes) : { ...NOTHING, images: [name] };
  } catch (cause) {
    const fault = pathFault(name);
    if (fault) return withProblem(describeSecret(name) ?? fault, 'find.notAPath', undefined, { fault });
    if (!isMissing(cause)) return withProblem(name, 'find.unreadable', cause);
    return isGlob(name) ? matching(name, suffixes) : withProblem(name, 'find.noSuchFile');
  }
}

const NOTHING: FoundImages = { images: [], problems: [], leftOut: 0 };

async function inFolder(folder: string, suffixes: ReadonlySet<string>): Promise<FoundImages> {
  const walked = await walk(folder, suffixes);
  if (walked.images.length > 0 || walked.problems.length > 0) return asFound(walked);
  return { ...withProblem(folder, 'find.noImages', undefined, { others: walked.leftOut }), leftOut: 0 };
}

/** Expands a glob to the images that it matches, by their suffix. */
async function matching(glob: string, suffixes: ReadonlySet<string>): Promise<FoundImages> {
  const matches = await expand(glob);
  const files = matches.filter((match) => suffixes.has(path.extname(match).toLowerCase()));
  if (files.length === 0) return withProblem(glob, 'find.noMatch', undefined, { others: matches.length });
  return { images: files, problems: [], leftOut: matches.length - files.length };
}

function asFound({ images, problems, leftOut }: Walked): FoundImages {
  return {
    images,
    leftOut,
    problems: problems.map(({ path, cause }) => ({ path, key: 'find.unreadable', values: {}, cause })),
  };
}

function withProblem(
  path: string | Text,
  key: MessageKey,
  cause?: unknown,
  values: Values = {},
): FoundImages {
  return { ...NOTHING, problems: [{ path, key, values, ...(cause !== undefined && { cause }) }] };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** @returns whether the name may be a pattern */
function isGlob(name: string): boolean {
  return /[*?[{]/.test(name);
}

/** @returns files in natural order, with the same beginning as the pattern */
async function expand(pattern: string): Promise<string[]> {
  // Shells on Windows do not expand patterns, and paths there have backslashes.
  const slashes = process.platform === 'win32' ? pattern.replaceAll('\\', '/') : pattern;
  const files = await glob([slashes], {
    absolute: path.isAbsolute(pattern),
    expandDirectories: false,
  });
  return files.sort(new Intl.Collator('en', { numeric: true }).compare);
}

/** Suffixes of files that can be uploaded unchanged (contract 1.3). */
export const UPLOADABLE: ReadonlySet<string> = new Set(['.jpg', '.jpeg', '.png', '.bmp']);

/** Suffixes of files that can be uploaded after preparation. */
export const PREPARABLE: ReadonlySet<string> = new Set([
  ...UPLOADABLE,
  '.webp',
  '.avif',
  '.gif',
  '.tif',
  '.tiff',
  '.heic',
  '.heif',
]);
