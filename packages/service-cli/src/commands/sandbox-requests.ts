import type { Command } from 'commander';
import { untilStopped } from 'coupon-media/shell';
import type { ServiceShell } from '../messages/messages.js';
import { askSandbox, lineOf, type ShownRequest, sandboxUrl, type WhichSandbox } from '../running-sandbox.js';

interface Flags extends WhichSandbox {
  follow?: true;
  json?: true;
}

/** `coupon-media sandbox requests`. */
export async function requests(shell: ServiceShell, _: Flags, command: Command): Promise<void> {
  const { follow, json, ...which } = command.optsWithGlobals<Flags>();
  const base = await sandboxUrl(which);
  const show = (request: ShownRequest): void => {
    if (json) shell.out.json(request);
    else shell.out.lines(lineOf(request, shell));
  };
  const seen = new Set<number>();
  const stopping = new AbortController();
  // The stream is opened first, so that no request falls between the list and the stream.
  const stream = follow
    ? await askSandbox(`${base}/sandbox/requests/events`, shell, { signal: stopping.signal })
    : undefined;
  const list = (await (await askSandbox(`${base}/sandbox/requests`, shell)).json()) as {
    requests: ShownRequest[];
    gaveWay: number;
  };
  if (list.gaveWay > 0) shell.err.lines(shell.say('sandbox.requests.gaveWay', { n: list.gaveWay }));
  for (const request of list.requests) {
    seen.add(request.number);
    show(request);
  }
  if (!stream && list.requests.length === 0 && !json) shell.err.lines(shell.say('sandbox.requests.none'));
  if (!stream) return;
  void untilStopped().then(() => stopping.abort());
  for await (const request of eventsOf(stream, stopping.signal)) if (!seen.has(request.number)) show(request);
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
