import { stat } from 'node:fs/promises';
import path from 'node:path';
import { describeSecret, pathFault, type Text } from '@coupon-media/apiv3';
import { glob } from 'tinyglobby';
import type { MessageKey, Values } from '../messages/messages.js';
import { isImage } from './kinds.js';
import { type LeftOut, LeftOutCount } from './left-out.js';
import { leftByMachineIn } from './machine-files.js';
import { fsPath, withLostBytes } from './raw-path.js';
import { suffixForm, walk } from './walk.js';

/** The result of a search for images. */
export interface FoundImages {
  /** Paths as given, or under the given folder; `-` is standard input. They are in order, and each file appears once. */
  readonly images: readonly string[];
  /** The paths that could not be found or read. */
  readonly problems: readonly PathProblem[];
  /** The files of folders that are not images, and those that machines left. */
  readonly leftOut: readonly LeftOut[];
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
 * Finds images. Given files are taken whatever they are; in folders, images are found by their suffix or their bytes; a name
 * with wildcards is a glob if no file has that name. What machines leave is passed over, unless nothing else was given.
 */
export async function findImages(names: readonly string[]): Promise<FoundImages> {
  const search = new Search();
  const meant = names.filter((name) => leftByMachineIn(name) === undefined);
  for (const name of names) {
    const machine = meant.length > 0 ? leftByMachineIn(name) : undefined;
    if (machine === undefined) await search.named(name);
    else search.leftOut.add(path.dirname(name), machine, 'machine');
  }
  return search.result();
}

/** One search, over all names. */
class Search {
  readonly #images = new Map<string, string>();
  readonly #problems: PathProblem[] = [];
  readonly leftOut = new LeftOutCount();

  result(): FoundImages {
    return { images: [...this.#images.values()], problems: this.#problems, leftOut: this.leftOut.all() };
  }

  async named(name: string): Promise<void> {
    if (name === STDIN) return this.#take(name);
    try {
      if ((await stat(fsPath(name))).isDirectory()) await this.#folder(name);
      else this.#take(name);
    } catch (cause) {
      await this.#absent(name, cause);
    }
  }

  async #absent(name: string, cause: unknown): Promise<void> {
    const fault = pathFault(name);
    if (fault) return this.#fail(describeSecret(name) ?? fault, 'find.notAPath', undefined, { fault });
    if (!isMissing(cause)) return this.#fail(name, 'find.unreadable', cause);
    if (isGlob(name)) return this.#glob(name);
    const found = name.includes('\ufffd') ? await withLostBytes(name) : [];
    for (const file of found) await this.named(file);
    if (found.length === 0) this.#fail(name, name.includes('\ufffd') ? 'find.notUtf8' : 'find.noSuchFile');
  }

  async #folder(folder: string): Promise<void> {
    const before = this.#problems.length;
    let seen = 0;
    await walk(folder, {
      image: (file) => {
        seen += 1;
        this.#take(file);
      },
      leftOut: (form, reason) => this.leftOut.add(path.join(folder, '**'), form, reason),
      unreadable: (inner, cause) => this.#fail(inner, 'find.unreadable', cause),
    });
    if (seen === 0 && this.#problems.length === before) this.#fail(folder, 'find.noImages');
  }

  /** Takes the images that a glob matches. */
  async #glob(pattern: string): Promise<void> {
    let seen = 0;
    for (const match of await expand(pattern)) {
      const files = match.includes('\ufffd') ? await withLostBytes(match) : [match];
      for (const file of files) {
        const machine = leftByMachineIn(file, pattern);
        const isTaken = machine === undefined && (await isImage(file));
        if (isTaken) this.#take(file);
        else
          this.leftOut.add(pattern, machine ?? suffixForm(file), machine === undefined ? 'other' : 'machine');
        if (isTaken) seen += 1;
      }
    }
    if (seen === 0) this.#fail(pattern, 'find.noMatch');
  }

  #take(image: string): void {
    const key = image === STDIN ? STDIN : path.resolve(image);
    if (!this.#images.has(key)) this.#images.set(key, image);
  }

  #fail(given: string | Text, key: MessageKey, cause?: unknown, values: Values = {}): void {
    this.#problems.push({ path: given, key, values, ...(cause !== undefined && { cause }) });
  }
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
