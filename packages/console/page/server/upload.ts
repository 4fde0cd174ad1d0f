import type { SlotName } from '@coupon-media/prepare';
import { language } from '../messages/language.js';
import { addressOf } from './address.js';
import { changed, cutOff, isUnchanged, problemOf, REFUSED_TOKENS, type ServerProblem } from './problem.js';
import { credentials, refuse } from './session.js';

/** The answer of `POST /v1/images`, as far as the page uses it. */
export interface Uploaded {
  readonly url: string;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Sentences on what preparation changed. */
  readonly changes: readonly string[];
  /** Whether the account had the image already. */
  readonly isReused: boolean;
}

/** How an image is made to fit, where that was chosen by hand: the parameters of the door, as texts. */
export type Preparation = Readonly<Partial<Record<'fit' | 'focus' | 'crop' | 'background', string>>>;

export interface ImageToSend {
  readonly file: Blob;
  readonly filename: string;
  /** The media type by the bytes; the browser's own guess is by the name. */
  readonly type: string;
  readonly slot: SlotName;
  /** Undefined: it is sent as it is. */
  readonly preparation: Preparation | undefined;
}

/**
 * Sends one image to the door. XMLHttpRequest, since `fetch` does not tell how much of a body was sent.
 *
 * @param onProgress receives the bytes that were sent so far
 * @returns the URL, or the reason why there is none
 * @throws the signal's reason when it is aborted
 */
export function uploadImage(
  { file, filename, type, slot, preparation }: ImageToSend,
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
): Promise<Uploaded | ServerProblem> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const address = addressOf('v1/images');
    address.search = new URLSearchParams({
      filename,
      slot,
      ...(preparation && { ...preparation, prepare: 'true' }),
    }).toString();
    request.open('POST', address);
    const headers = { ...credentials(), 'Content-Type': type, 'Accept-Language': language.value };
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener('progress', ({ loaded }) => onProgress(loaded));
    request.addEventListener('load', () => {
      const answer = resultOf(request);
      if ('code' in answer) return resolve(answer);
      // What changed while it was sent may have arrived as half of the old image and half of the new one.
      isUnchanged(file).then((is) => resolve(is ? answer : changed()), reject);
    });
    request.addEventListener('abort', () => reject(signal.reason));
    request.addEventListener('error', () => {
      cutOff(file).then(resolve, reject);
    });
    if (signal.aborted) return reject(signal.reason);
    const abort = () => request.abort();
    signal.addEventListener('abort', abort);
    request.addEventListener('loadend', () => signal.removeEventListener('abort', abort));
    request.send(file);
  });
}

function resultOf(request: XMLHttpRequest): Uploaded | ServerProblem {
  const { status, responseText } = request;
  const uploaded = status === 200 ? uploadedOf(responseText) : undefined;
  if (uploaded) return uploaded;
  const problem = problemOf(status, responseText, request.getResponseHeader('retry-after'));
  if (REFUSED_TOKENS.has(problem.code)) refuse(problem.text);
  return problem;
}

/** @returns undefined if the text is no answer of the door */
function uploadedOf(text: string): Uploaded | undefined {
  try {
    const { image_url, media_id, sha256, width, height, changes, reused } = JSON.parse(text) as Answer;
    const url = image_url ?? media_id;
    if (typeof url !== 'string' || typeof sha256 !== 'string') return undefined;
    const sentences = (changes ?? []).map((change) => String(change.text));
    return {
      url,
      sha256,
      width: Number(width),
      height: Number(height),
      changes: sentences,
      isReused: reused === true,
    };
  } catch {
    return undefined;
  }
}

interface Answer {
  readonly image_url?: unknown;
  readonly media_id?: unknown;
  readonly sha256?: unknown;
  readonly width?: unknown;
  readonly height?: unknown;
  readonly changes?: readonly { readonly text?: unknown }[];
  readonly reused?: unknown;
}
