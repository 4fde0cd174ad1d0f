import { Refusal } from './errors.js';
import type { ImageKind } from './image.js';

/**
 * Checks a filename: it ends in the suffix of an image, in any case, and its length counts characters (contract 1.3, 5.6).
 *
 * @param limit characters
 * @throws Refusal `filenameTooLong` or `filenameWrong`
 * @example
 * ```ts
 * import { checkFilename, Refusal } from '@coupon-media/apiv3';
 *
 * try {
 *   checkFilename('coupon.gif', 150);
 * } catch (error) {
 *   if (error instanceof Refusal) console.log(error.refusal); // 'filenameWrong'
 * }
 * ```
 */
export function checkFilename(filename: string, limit: number): void {
  const detail = { field: '/body/meta/filename', value: filename };
  const count = Array.from(filename).length;
  if (count > limit) {
    throw new Refusal('filenameTooLong', {
      values: { count, limit },
      detail: { ...detail, issue: `${count} characters, at most ${limit}` },
    });
  }
  const [, issue] = filenameRules.find(([breaks]) => breaks.test(filename)) ?? [];
  if (issue) throw new Refusal('filenameWrong', { detail: { ...detail, issue } });
}

/**
 * Gives a filename that an endpoint accepts and that is close to the given one; the URL does not depend on it. A name that is
 * acceptable stays unchanged.
 *
 * @param name the file's own name, without folders
 * @param kind the kind of the bytes, which decides the suffix
 * @param options limit: characters, by default those of contract 1.3; fallback: the name if nothing of the given one is left
 * @example
 * ```ts
 * import { acceptableFilename } from '@coupon-media/apiv3';
 *
 * console.log(acceptableFilename('50% off?.gif', 'png')); // '50% off_.png'
 * ```
 */
export function acceptableFilename(
  name: string,
  kind: ImageKind,
  { limit = 150, fallback = 'image' }: { limit?: number; fallback?: string } = {},
): string {
  if (SUFFIXES[kind].test(name) && isAcceptable(name, limit)) return name;
  const stem = name.replace(OTHER_SUFFIX, '').replace(REPLACED, '_').trim();
  const short = Array.from(stem).slice(0, limit - kind.length - 1);
  return `${short.join('') || fallback}.${kind}`;
}

function isAcceptable(name: string, limit: number): boolean {
  return Array.from(name).length <= limit && filenameRules.every(([breaks]) => !breaks.test(name));
}

const SUFFIXES: Readonly<Record<ImageKind, RegExp>> = {
  jpg: /.\.jpe?g$/is,
  png: /.\.png$/is,
  bmp: /.\.bmp$/is,
};

/** A suffix of another kind, or text that looks like a suffix. A name whose only full stop is its first character has none. */
const OTHER_SUFFIX = /\.(jpe?g|png|bmp)$|(?<=.)\.[a-z][a-z0-9]{1,4}$/is;

/** Characters that filenames must not have, and characters that file systems refuse. */
const REPLACED = /[\p{Cc}/:*?"<>|\ud800-\udfff\u{10000}-\u{10ffff}]/gu;

/** Patterns that a filename must not match, each with the issue. As in JSON schemas, `u` is the only flag. */
export const filenameRules: readonly (readonly [breaks: RegExp, issue: string])[] = [
  [
    /^(?![\s\S]*\.(?:[Jj][Pp][Ee]?[Gg]|[Pp][Nn][Gg]|[Bb][Mm][Pp])$)/u,
    'must end in .jpg, .jpeg, .png or .bmp',
  ],
  [/\p{Cc}/u, 'has a control character'],
  // The rules pages take no character outside the Basic Multilingual Plane (contract 5.6).
  [/[\u{10000}-\u{10ffff}\ud800-\udfff]/u, 'has a character outside the Basic Multilingual Plane'],
];
