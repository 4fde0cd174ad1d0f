import type { SlotName } from '@coupon-media/prepare';
import { language } from '../messages/language.js';
import { addressOf } from './address.js';
import { cutOff, problemOf, REFUSED_TOKENS, type ServerProblem } from './problem.js';
import { credentials, refuse } from './session.js';
import type { Preparation } from './upload.js';

/** The answer of `POST /v1/prepare`, as far as the page uses it: the bytes that an upload would send. */
export interface PreparedImage {
  readonly image: Blob;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Whether the bytes are those of the file. */
  readonly isUnchanged: boolean;
  /** Sentences on what was changed. */
  readonly changes: readonly string[];
  /** Pixels and bytes of the upright source. */
  readonly source: { readonly width: number; readonly height: number; readonly bytes: number };
}

export interface ImageToPrepare {
  readonly file: Blob;
  /** Undefined: the whole image, as something that every browser shows. */
  readonly slot: SlotName | undefined;
  readonly preparation: Preparation;
}

/**
 * Asks what an image would become.
 *
 * @returns the prepared image, or the reason why there is none
 * @throws the signal's reason when it is aborted
 */
export async function prepareImage(
  { file, slot, preparation }: ImageToPrepare,
  signal: AbortSignal,
): Promise<PreparedImage | ServerProblem> {
  const address = addressOf('v1/prepare');
  address.search = new URLSearchParams({ ...preparation, ...(slot && { slot }) }).toString();
  const headers = {
    ...credentials(),
    'Content-Type': 'application/octet-stream',
    'Accept-Language': language.value,
    Accept: 'application/json',
  };
  try {
    const answer = await fetch(address, { method: 'POST', headers, body: file, signal });
    const text = await answer.text();
    const prepared = answer.ok ? preparedOf(text) : undefined;
    if (prepared) return prepared;
    const problem = problemOf(answer.status, text, answer.headers.get('retry-after'));
    if (REFUSED_TOKENS.has(problem.code)) refuse(problem.text);
    return problem;
  } catch (error) {
    if (signal.aborted) throw error;
    return cutOff(file);
  }
}

/** @returns undefined if the text is no answer of the door */
function preparedOf(text: string): PreparedImage | undefined {
  try {
    const { data, kind, width, height, unchanged, changes, source } = JSON.parse(text) as Answer;
    if (typeof data !== 'string') return undefined;
    return {
      image: new Blob([bytesOf(data)], { type: kind === 'jpg' ? 'image/jpeg' : 'image/png' }),
      width: Number(width),
      height: Number(height),
      isUnchanged: unchanged === true,
      changes: (changes ?? []).map((change) => String(change.text)),
      source: {
        width: Number(source?.width),
        height: Number(source?.height),
        bytes: Number(source?.bytes),
      },
    };
  } catch {
    return undefined;
  }
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

interface Answer {
  readonly data?: unknown;
  readonly kind?: unknown;
  readonly width?: unknown;
  readonly height?: unknown;
  readonly unchanged?: unknown;
  readonly changes?: readonly { readonly text?: unknown }[];
  readonly source?: Readonly<Partial<Record<'width' | 'height' | 'bytes', unknown>>>;
}
