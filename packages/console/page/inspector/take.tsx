import { useSignal } from '@preact/signals';
import { GIVE } from '../messages/give.js';
import { TAKE } from '../messages/inspector.js';
import { say } from '../messages/language.js';
import { copy, download } from '../parts/give.js';
import { Scrolled } from '../parts/scrolled.js';
import type { ServerProblem } from '../server/problem.js';
import { type OpenedRequest, readBody, readCurl, readHar, replayRequest } from '../server/requests.js';

/** A request to take away, as curl or HAR, and to be judged again. */
export function Take({ request: { number, isCut, url } }: { readonly request: OpenedRequest }) {
  const said = useSignal('');
  /** Where the browser does not permit copying, and for whoever wants to look before. */
  const curl = useSignal<string | undefined>(undefined);
  const isBusy = useSignal(false);

  async function attempt<T extends string | object>(
    asked: Promise<T | ServerProblem>,
    use: (found: T) => Promise<string> | string,
  ): Promise<void> {
    isBusy.value = true;
    said.value = '';
    const found = await asked;
    said.value = isProblem(found) ? found.text : await use(found);
    isBusy.value = false;
  }

  const asCurl = () =>
    attempt(readCurl(number), async (text) => {
      curl.value = text;
      return (await copy(text)) ? say(TAKE.copied, { n: number }) : say(GIVE.notCopied);
    });
  const asHar = () =>
    attempt(readHar(number), (text) => {
      download(`request-${number}.har`, 'application/json', text);
      return '';
    });
  const asBytes = () =>
    attempt(readBody(number), (bytes) => {
      download(`request-${number}.bin`, 'application/octet-stream', bytes);
      return '';
    });
  const replay = (resign: boolean) => () =>
    attempt(replayRequest(number, resign), (made) =>
      say(TAKE.replayed, { n: made.number, outcome: made.outcome }),
    );

  return (
    <div class="take">
      <p class="controls">
        <button type="button" onClick={asCurl}>
          {say(TAKE.curl)}
        </button>
        <button type="button" onClick={asHar}>
          {say(TAKE.har)}
        </button>
        <button type="button" onClick={asBytes} disabled={isCut}>
          {say(TAKE.body)}
        </button>
        <button type="button" onClick={replay(false)} disabled={isCut || isBusy.value}>
          {say(TAKE.replay)}
        </button>
        {url.startsWith('/v3/') && (
          <button type="button" onClick={replay(true)} disabled={isCut || isBusy.value}>
            {say(TAKE.resign)}
          </button>
        )}
      </p>
      <p role="status">{said.value}</p>
      {curl.value !== undefined && (
        <Scrolled kind="hex" label="curl">
          <pre>{curl.value}</pre>
        </Scrolled>
      )}
    </div>
  );
}

function isProblem(found: string | object): found is ServerProblem {
  return typeof found === 'object' && 'code' in found && 'text' in found && 'again' in found;
}
