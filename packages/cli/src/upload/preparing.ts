import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { Change, PreparedImage, PrepareError, PrepareOptions } from '@coupon-media/prepare';
import { STDIN } from '../discovery/find.js';
import { fsPath, isRaw, readableName } from '../discovery/raw-path.js';
import { collectBounded } from '../files/read-bounded.js';
import type { LedgerRow } from '../ledger/format.js';
import type { Ledger } from '../ledger/ledger.js';
import type { MessageKey, Translator } from '../messages/messages.js';
import type { UploadProblem } from './problem.js';
import type { ReadingOptions, ReadyImage } from './reading.js';
import { RefusedImage } from './refused.js';

/** The options of preparation. */
export type Preparation = Pick<PrepareOptions, 'slot' | 'fit' | 'focus' | 'crop' | 'background'>;

/** Enlarging an image more than this needs consent, since it looks blurred. */
const LARGEST_FACTOR = 2;

export interface PreparingOptions extends ReadingOptions {
  preparation: Preparation;
  /** Whether the user agreed to any enlargement. */
  enlarge: boolean;
  ledger: Pick<Ledger, 'made'> | undefined;
}

/**
 * Prepares an image for its slot. If the ledger has an image from this source with these options, it is not prepared again.
 *
 * @throws RefusedImage if it would have to be enlarged too much; PrepareError, or the error of the file system
 */
export async function prepareForUpload(
  file: string,
  options: PreparingOptions,
): Promise<ReadyImage | LedgerRow> {
  const { preparation, language, signal, ledger, filename } = options;
  const { describeChange, prepareImage } = await import('@coupon-media/prepare');
  const source = await sourceOf(file, options);
  const recipe = typeof source === 'string' ? undefined : recipeOf(source, preparation);
  const made = recipe === undefined ? undefined : ledger?.made(recipe);
  if (made) return made;
  const name = filename ?? readableName(file);
  const image = await prepareImage(source, { ...preparation, name, signal });
  if (!options.enlarge) checkEnlargement(image.changes);
  return {
    filename: image.filename,
    sha256: sha256(image.bytes),
    bytes: image.bytes,
    width: image.width,
    height: image.height,
    changes: [
      ...image.changes.map((change) => describeChange(change, language)),
      ...weightChange(image, options),
    ],
    source: recipe,
  };
}

/** @throws RefusedImage */
function checkEnlargement(changes: readonly Change[]): void {
  for (const { code, values } of changes) {
    if (code !== 'ENLARGED' || values.factor <= LARGEST_FACTOR) continue;
    const { factor, fromWidth, fromHeight, width, height } = values;
    const sizes = { from: `${fromWidth}×${fromHeight}`, to: `${width}×${height}` };
    throw new RefusedImage('ENLARGED', { factor: factor.toFixed(1), ...sizes });
  }
}

/** Checks, without changing it, that an image fits its slot. @throws RefusedImage that says what does not fit */
export async function checkFit(
  { bytes }: Pick<ReadyImage, 'bytes'>,
  { preparation, language, signal }: Pick<PreparingOptions, 'preparation' | 'language' | 'signal'>,
): Promise<void> {
  const { describeChange, describeSlot, examineImage, planImage } = await import('@coupon-media/prepare');
  const { slot = 'icon' } = preparation;
  const facts = await examineImage(bytes, { signal });
  const plan = planImage(facts, preparation);
  if (plan.action !== 'render') return;
  const { width, height } = describeSlot(slot, language);
  const needs = plan.changes
    .map((change) => describeChange(change, language))
    .join(language === 'en' ? '; ' : '；');
  const values = { slot, size: `${width}×${height}`, found: `${facts.width}×${facts.height}`, needs };
  throw new RefusedImage('SLOT_MISMATCH', values);
}

/** @returns the problem of an image that could not be prepared; undefined for other errors */
export function preparationProblem(error: unknown, { language, say }: Translator): UploadProblem | undefined {
  if (!isPrepareError(error)) return undefined;
  const own = OWN_REMEDIES[error.code];
  // Options of the package are nothing that a person at a terminal can set.
  const { message, remedy: usual } = error.explain(language, 'person');
  const remedy = own ? say(own) : usual;
  const scope = CONCERNS_ALL.has(error.code) ? 'all' : 'one';
  return { code: error.code, reason: message.replace(/[.。]$/, ''), remedy, scope };
}

/** Remedies of this program, which has no options for the limits of preparation. */
const OWN_REMEDIES: Readonly<Partial<Record<PrepareError['code'], MessageKey>>> = {
  SOURCE_TOO_LARGE: 'remedy.exportSmaller',
  TOO_MANY_PIXELS: 'remedy.exportSmaller',
  TOO_MUCH_MEMORY: 'remedy.exportSmaller',
  TIMED_OUT: 'remedy.PREPARE_TIMED_OUT',
  CANNOT_FIT: 'remedy.CANNOT_FIT',
};

const CONCERNS_ALL: ReadonlySet<string> = new Set(['OPTION_INVALID', 'DECODER_UNAVAILABLE']);

// Checked by its name, since the package is loaded only if images are prepared.
function isPrepareError(error: unknown): error is PrepareError {
  return error instanceof Error && error.name === 'PrepareError';
}

/**
 * Reads the bytes once. For a file that is too large, and for other kinds of files, it returns the path, and prepareImage
 * refuses it.
 */
async function sourceOf(file: string, { stdin }: ReadingOptions): Promise<string | Buffer> {
  if (file === STDIN) return collectBounded(stdin, LARGEST_HELD);
  const stats = await stat(fsPath(file));
  const isHeld = stats.isFile() && (isRaw(file) || stats.size <= LARGEST_HELD * 1024 * 1024);
  return isHeld ? readFile(fsPath(file)) : file;
}

/** The largest source that is kept in memory, in mebibytes. */
const LARGEST_HELD = 128;

/** The same source prepared in the same way by the same version gives the same image. */
function recipeOf(source: Buffer, { slot, fit, focus, crop, background }: Preparation): string {
  const part = crop && [crop.left, crop.top, crop.width, crop.height].join(',');
  const parts = [sha256(source), slot, fit, focus, background, RECIPES, ...(part ? [part] : [])];
  return parts.map((one) => one ?? '').join(' ');
}

/** Increase it if the same recipe gives another image. */
const RECIPES = 'v2';

function weightChange(image: PreparedImage, { say }: PreparingOptions): string[] {
  const before = image.source.bytes;
  return image.unchanged ? [] : [say('change.bytes', { before, after: image.bytes.length })];
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
