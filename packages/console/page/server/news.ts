import { ask } from './ask.js';
import { type ImageOfAccount, isImage } from './images.js';

/** Milliseconds before a stream that ended is asked for again. */
const AGAIN = 3_000;
/** Characters of one event: an image has a thousand. */
const LONGEST = 1024 * 1024;

/**
 * Follows the images of the account that get their URL, by `GET /v1/events`, until the signal. A stream that breaks off goes on with what
 * came meanwhile. `fetch` and not EventSource, which sends no header.
 */
export async function followImages(
  receive: (image: ImageOfAccount) => void,
  signal: AbortSignal,
): Promise<void> {
  let last: string | undefined;
  while (!signal.aborted) {
    try {
      const headers = last === undefined ? {} : { 'Last-Event-ID': last };
      const answer = await ask('v1/events', { headers, signal });
      // Whoever may not follow, or is no longer known, is not let in by asking again.
      if (!(answer instanceof Response)) {
        if (answer.again === undefined) return;
      } else if (answer.body) {
        for await (const { id, data } of eventsOf(answer.body)) {
          last = id ?? last;
          const image: unknown = JSON.parse(data);
          if (isImage(image)) receive(image);
        }
      }
    } catch {
      // The network, or an event that cannot be read: the next stream goes on after the last one that could.
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN));
  }
}

/** Reads server-sent events, as far as the door sends them: `id`, `event` and one line of `data`. */
async function* eventsOf(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<{ id: string | undefined; data: string }> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      if (text.length > LONGEST) throw new RangeError('an event does not end');
      for (const event of events) {
        const lines = event.split('\n');
        const fieldOf = (name: string) =>
          lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
        const data = fieldOf('data');
        if (data !== undefined) yield { id: fieldOf('id'), data };
      }
    }
  } finally {
    // An event that cannot be read ends this stream, which would stay open beside the next one.
    reader.cancel().catch(() => {});
  }
}
