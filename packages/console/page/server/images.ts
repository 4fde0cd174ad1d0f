import { say } from '../messages/language.js';
import { TROUBLE } from '../messages/shell.js';
import { ask } from './ask.js';
import type { ServerProblem } from './problem.js';

/** An image of the account, as `GET /v1/images` has it. All of its texts are hostile. */
export interface ImageOfAccount {
  readonly image_url?: string;
  readonly media_id?: string;
  readonly endpoint: string;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
  readonly filename: string;
  readonly kind: string;
  readonly bytes: number;
  /** Pixels. */
  readonly width: number | null;
  readonly height: number | null;
  readonly slot: string | null;
  readonly caller: string;
  readonly changes: readonly { readonly text: string }[];
  readonly upstream_request_id: string | null;
  /** RFC 3339. */
  readonly uploaded_at: string;
}

export interface ImagePage {
  readonly images: readonly ImageOfAccount[];
  /** The cursor of the next page; undefined on the last one. */
  readonly next: string | undefined;
}

/** @param query the parameters of `GET /v1/images` */
export async function listImages(
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<ImagePage | ServerProblem> {
  const answer = await ask('v1/images', { query, signal });
  if (!(answer instanceof Response)) return answer;
  const body = await json(answer);
  const images: unknown = field(body, 'images');
  const next: unknown = field(body, 'next');
  if (!Array.isArray(images) || !images.every(isImage)) return unreadable(answer);
  return { images, next: typeof next === 'string' ? next : undefined };
}

/** @returns a problem with the code `not-found` if the account does not have it */
export async function findImage(
  sha256: string,
  signal: AbortSignal,
): Promise<ImageOfAccount | ServerProblem> {
  const answer = await ask(`v1/images/${sha256}`, { signal });
  if (!(answer instanceof Response)) return answer;
  const body = await json(answer);
  return isImage(body) ? body : unreadable(answer);
}

export async function thumbnailOf(sha256: string, signal: AbortSignal): Promise<Blob | ServerProblem> {
  const answer = await ask(`v1/images/${sha256}/thumbnail`, { signal });
  return answer instanceof Response ? answer.blob() : answer;
}

/** What happened to one image: lines of the audit, the oldest first. */
export async function trailOf(
  sha256: string,
  signal: AbortSignal,
): Promise<readonly Readonly<Record<string, unknown>>[] | ServerProblem> {
  const answer = await ask('v1/audit', { query: { sha256 }, signal });
  if (!(answer instanceof Response)) return answer;
  try {
    const lines = (await answer.text()).split('\n').filter(Boolean);
    return lines.map((line): Readonly<Record<string, unknown>> => JSON.parse(line));
  } catch {
    return unreadable(answer);
  }
}

export function isImage(value: unknown): value is ImageOfAccount {
  const isText = (name: string) => typeof field(value, name) === 'string';
  return (
    ['sha256', 'filename', 'kind', 'endpoint', 'caller', 'uploaded_at'].every(isText) &&
    typeof field(value, 'bytes') === 'number' &&
    Array.isArray(field(value, 'changes')) &&
    (isText('image_url') || isText('media_id'))
  );
}

async function json(answer: Response): Promise<unknown> {
  return answer.json().catch(() => undefined);
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function unreadable({ status }: Response): ServerProblem {
  return { code: 'unreadable', text: say(TROUBLE.unreadable, { status }), again: undefined };
}
