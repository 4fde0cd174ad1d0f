import path from 'node:path';
import { acceptableFilename } from '@coupon-media/apiv3';
import { type CheckedImage, checkImage } from '@coupon-media/client';
import { STDIN } from '../discovery/find.js';
import type { Say } from '../messages/messages.js';
import { CommandError } from '../shell/failure.js';

/** An image that is ready to be sent. */
export interface ReadyImage {
  /** As meta will carry it. */
  readonly filename: string;
  /** 64 hex digits. */
  readonly sha256: string;
  readonly bytes: Buffer;
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
}

/**
 * Reads an image once and checks it as the service does. The bytes read are sent, even if the file changes later.
 *
 * @throws ImageError, SourceError, AbortedError
 */
export async function readImage(file: string, options: ReadingOptions): Promise<ReadyImage> {
  const image = await checkedImage(file, options);
  const name = options.filename ?? path.basename(file);
  const filename = acceptableFilename(name, image.kind);
  const changes = filename === name ? [] : [options.say('change.filename', { filename })];
  return { filename, sha256: image.sha256, bytes: image.bytes, changes };
}

/** The name of the file may not be acceptable to the endpoint, so the check uses another one. */
function checkedImage(file: string, { stdin, signal }: ReadingOptions): Promise<CheckedImage> {
  return checkImage(file === STDIN ? stdin : file, { filename: 'image.png', signal });
}

/** @throws CommandError if standard input has no name, or a name is given for several images */
export function checkFilename(images: readonly string[], filename: string | undefined): void {
  if (images.includes(STDIN) && filename === undefined) throw new CommandError('upload.stdinUnnamed', {}, 2);
  if (filename !== undefined && images.length !== 1) throw new CommandError('upload.oneFilename', {}, 2);
}
