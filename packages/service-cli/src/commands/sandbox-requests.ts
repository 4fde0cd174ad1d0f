import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { CommandError, untilStopped } from 'coupon-media/shell';
import type { ServiceKey, ServiceShell } from '../messages/messages.js';

interface Flags {
  url?: string;
  follow?: true;
  json?: true;
}

/** What is shown of a request, as `/sandbox/requests` gives it. */
interface ShownRequest {
  number: number;
  at: string;
  method: string;
  url: string;
  caller?: string;
  outcome: string;
  status?: number;
  mistake?: Readonly<Record<ServiceShell['language'], string>>;
  upload?: { filename?: string };
}

/** `coupon-media sandbox requests`. */
export function requestsCommand(shell: ServiceShell): Command {
  const { say } = shell;
  return new Command('requests')
    .description(say('sandbox.requests.description'))
    .option('--url <url>', say('sandbox.requests.url'))
    .option('--follow', say('sandbox.requests.follow'))
    .option('--json', say('sandbox.requests.json'))
    .action((flags: Flags) => requests(flags, shell));
}

async function requests({ url, follow, json }: Flags, shell: ServiceShell): Promise<void> {
  const base = url ?? (await urlOfFolder());
  const show = (request: ShownRequest): void => {
    if (json) shell.out.json(request);
    else shell.out.lines(lineOf(request, shell));
  };
  const seen = new Set<number>();
  const stopping = new AbortController();
  // The stream is opened first, so that no request falls between the list and the stream.
  const stream = follow ? await ask(`${base}/sandbox/requests/events`, stopping.signal) : undefined;
  const list = (await (await ask(`${base}/sandbox/requests`)).json()) as { requests: ShownRequest[] };
  for (const request of list.requests) {
    seen.add(request.number);
    show(request);
  }
  if (!stream && list.requests.length === 0 && !json) shell.err.lines(shell.say('sandbox.requests.none'));
  if (!stream) return;
  void untilStopped().then(() => stopping.abort());
  for await (const request of eventsOf(stream, stopping.signal)) if (!seen.has(request.number)) show(request);
}

const FILE = '.coupon-media/credentials.json';

async function urlOfFolder(): Promise<string> {
  try {
    const { baseUrl } = JSON.parse(await readFile(FILE, 'utf8')) as { baseUrl: string };
    return baseUrl;
  } catch {
    throw new CommandError<ServiceKey>('sandbox.requests.noFolder', { file: FILE });
  }
}

/** @throws CommandError if no sandbox responds */
async function ask(url: string, signal?: AbortSignal): Promise<Response> {
  const { origin } = new URL(url);
  try {
    const response = await fetch(url, signal ? { signal } : {});
    if (response.ok) return response;
    throw new Error(`HTTP ${response.status}`);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new CommandError<ServiceKey>('sandbox.requests.away', { url: origin, why: String(cause) });
  }
}

/** Reads server-sent events until the stream ends. */
async function* eventsOf(response: Response, signal: AbortSignal): AsyncGenerator<ShownRequest> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const data = event.split('\n').find((line) => line.startsWith('data:'));
        if (data) yield JSON.parse(data.slice('data:'.length)) as ShownRequest;
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function lineOf(request: ShownRequest, { language, out }: ServiceShell): string {
  const { at, number, method, url, upload, caller, status, outcome, mistake } = request;
  const [, time = ''] = at.split(/[T.]/);
  const what = [upload?.filename === undefined ? '' : JSON.stringify(upload.filename), caller ?? ''];
  const why = mistake ? `— ${mistake[language]}` : '';
  const mark = outcome === 'SUCCESS' ? out.style.good('✓') : out.style.bad('✗');
  return [mark, time, `#${number}`, method, url, ...what, `→ ${status ?? '–'} ${outcome}`, why]
    .filter((part) => part)
    .join(' ');
}
