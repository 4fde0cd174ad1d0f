import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CommandError, EXIT } from 'coupon-media/shell';
import type { ServiceKey, ServiceShell } from './messages/messages.js';

/** What is shown of a request, as `/sandbox/requests` gives it. */
export interface ShownRequest {
  number: number;
  /** The number of the request that it repeats. */
  replayOf?: number;
  at: string;
  method: string;
  url: string;
  caller?: string;
  outcome: string;
  status?: number;
  mistake?: Readonly<Record<ServiceShell['language'], string>>;
  upload?: { filename?: string };
}

/**
 * @returns the address of a sandbox: the given one, or that of the sandbox in a folder
 */
export async function sandboxUrl({ url, data = '.coupon-media' }: WhichSandbox): Promise<string> {
  if (url !== undefined) return url;
  const file = path.join(data, 'credentials.json');
  try {
    const { baseUrl } = JSON.parse(await readFile(file, 'utf8')) as { baseUrl: string };
    return baseUrl;
  } catch {
    throw new CommandError<ServiceKey>('sandbox.requests.noFolder', { file });
  }
}

/** How a command says which sandbox it asks. */
export interface WhichSandbox {
  url?: string;
  data?: string;
}

/** @throws CommandError if no sandbox responds, or it refuses */
export async function askSandbox(
  url: string,
  { language }: ServiceShell,
  init: RequestInit = {},
): Promise<Response> {
  const response = await fetch(url, init).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw away(url, String(cause));
  });
  if (response.ok) return response;
  const { texts, message } = (await response.json().catch(() => ({}))) as {
    texts?: Readonly<Record<ServiceShell['language'], string>>;
    message?: string;
  };
  if (texts === undefined) throw away(url, message ?? `HTTP ${response.status}`);
  throw new CommandError<ServiceKey>('sandbox.refused', { why: texts[language] }, EXIT.failed);
}

function away(url: string, why: string): CommandError<ServiceKey> {
  const { origin } = new URL(url);
  return new CommandError<ServiceKey>('sandbox.requests.away', { url: origin, why });
}

/** @returns one line: what the request was, how it ended, and which mistake was made */
export function lineOf(request: ShownRequest, { language, out, say }: ServiceShell): string {
  const { at, number, replayOf, method, url, upload, caller, status, outcome, mistake } = request;
  const [, time = ''] = at.split(/[T.]/);
  const what = [upload?.filename === undefined ? '' : JSON.stringify(upload.filename), caller ?? ''];
  const again = replayOf === undefined ? '' : say('sandbox.requests.replayOf', { number: replayOf });
  const why = mistake ? `— ${mistake[language]}` : '';
  const mark = outcome === 'SUCCESS' ? out.style.good('✓') : out.style.bad('✗');
  return [mark, time, `#${number}`, method, url, ...what, `→ ${status ?? '–'} ${outcome}`, again, why]
    .filter((part) => part)
    .join(' ');
}
