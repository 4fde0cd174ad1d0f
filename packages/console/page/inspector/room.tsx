import './style.css';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { INSPECTOR } from '../messages/inspector.js';
import { say } from '../messages/language.js';
import { forgetRequests } from '../server/requests.js';
import { Detail } from './detail.js';
import { FilterFields } from './filters.js';
import { RequestList } from './list.js';
import { filtered, follow, goOn, held, isAway, isPaused, pause, requests } from './live.js';

/**
 * What the sandbox receives, as it comes; one request opened shows why it ended as it did.
 *
 * @param rest what the address says after the room: the number of the request that is opened
 */
export function InspectorRoom({ rest }: { readonly rest: string }) {
  useEffect(follow, []);
  const opened = /^\d{1,15}$/.test(rest) ? Number(rest) : undefined;
  const before = useRef(opened);
  useLayoutEffect(() => {
    // Whoever goes back to the list goes on where they were.
    if (opened === undefined && before.current !== undefined)
      document.querySelector<HTMLElement>(`[data-request="${before.current}"]`)?.focus();
    before.current = opened;
  }, [opened]);
  if (opened !== undefined) return <Detail key={opened} number={opened} />;
  return (
    <section aria-labelledby="requests">
      <div class="controls">
        <h2 id="requests">{say(INSPECTOR.title)}</h2>
        <button type="button" aria-pressed={isPaused.value} onClick={isPaused.value ? goOn : pause}>
          {say(isPaused.value ? INSPECTOR.goOn : INSPECTOR.pause)}
        </button>
        <button type="button" class="quiet" onClick={forget}>
          {say(INSPECTOR.forget)}
        </button>
        <span class="faint">
          {say(INSPECTOR.shown, { n: filtered.value.length, all: requests.value.length })}
        </span>
        <span role="status">{stateNow()}</span>
      </div>
      <FilterFields />
      <RequestList />
    </section>
  );
}

function stateNow(): string {
  if (isAway.value) return say(INSPECTOR.away);
  return isPaused.value ? say(INSPECTOR.paused, { n: held.value }) : say(INSPECTOR.live);
}

async function forget(): Promise<void> {
  if ((await forgetRequests()) === undefined) requests.value = [];
}
