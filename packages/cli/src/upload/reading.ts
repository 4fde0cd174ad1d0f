import { createReadStream } from 'node:fs';
import { acceptableFilename, type ImageDoubt, imageDoubtTexts, type Language } from '@coupon-media/apiv3';
import { type CheckedImage, checkImage, ImageError } from '@coupon-media/client';
import { STDIN } from '../discovery/find.js';
import { preparableFormat } from '../discovery/kinds.js';
import { fsPath, isRaw, readableName } from '../discovery/raw-path.js';
import type { Say } from '../messages/messages.js';
import { CommandError } from '../shell/failure.js';
import { RefusedImage } from './refused.js';

/** An image that is ready to be sent. */
export interface ReadyImage {
  /** As meta will carry it. */
  readonly filename: string;
  /** 64 hex digits. */
  readonly sha256: string;
  readonly bytes: Buffer;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** The changes, one sentence each. */
  readonly changes: readonly string[];
  /** For a prepared image: its source and the options of the preparation. */
  readonly source?: string | undefined;
}

/** How images are read. */
export interface ReadingOptions {
  /** The name for standard input, or for a single image. */
  filename?: string | undefined;
  stdin: NodeJS.ReadStream;
  signal: AbortSignal;
  say: Say;
  language: Language;
  /** Whether the user agreed to send images that people may not see. */
  sendDoubtful: boolean;
}

/**
 * Reads an image once and checks it as the service does. The bytes read are sent, even if the file changes later.
 *
 * @throws RefusedImage if only preparation makes it one that can be sent, or people may not see it; ImageError, SourceError, AbortedError
 */
export async function readImage(file: string, options: ReadingOptions): Promise<ReadyImage> {
  const image = await checkedImage(file, options);
  const doubts = doubtTexts(image.doubts, options);
  if (doubts.length > 0 && !options.sendDoubtful)
    throw new RefusedImage('DOUBTFUL', { doubt: doubts.join(options.say('list.semicolon')) });
  const name = options.filename ?? readableName(file);
  const filename = acceptableFilename(name, image.kind);
  const isSame = filename === name && !isRaw(file);
  const changes = [...doubts, ...(isSame ? [] : [options.say('change.filename', { filename })])];
  const { sha256, bytes, width, height } = image;
  return { filename, sha256, bytes, width, height, changes };
}

function doubtTexts(doubts: readonly ImageDoubt[], { language }: ReadingOptions): string[] {
  return doubts.map((doubt) => imageDoubtTexts[doubt][language]);
}

/** The name of the file may not be acceptable to the endpoint, so the check uses another one. */
async function checkedImage(file: string, { stdin, signal }: ReadingOptions): Promise<CheckedImage> {
  const source = file === STDIN ? stdin : isRaw(file) ? createReadStream(fsPath(file)) : file;
  try {
    return await checkImage(source, { filename: 'image.png', signal });
  } catch (error) {
    const format = error instanceof ImageError && file !== STDIN ? await preparableFormat(file) : undefined;
    throw format === undefined ? error : new RefusedImage('NEEDS_PREPARE', { format: format.toUpperCase() });
  }
}

/** @throws CommandError if standard input has no name, or a name is given for several images */
export function checkFilename(images: readonly string[], filename: string | undefined): void {
  if (images.includes(STDIN) && filename === undefined) throw new CommandError('upload.stdinUnnamed', {}, 2);
  if (filename !== undefined && images.length !== 1) throw new CommandError('upload.oneFilename', {}, 2);
}
