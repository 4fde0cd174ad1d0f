import { useSignal } from '@preact/signals';
import { INSPECTOR } from '../messages/inspector.js';
import { language, say } from '../messages/language.js';
import type { SeenRequest } from '../server/requests.js';
import { filtered, requests } from './live.js';
import { Visible } from './visible.js';

/** Rows that are drawn at first, and with each push of the button: what is further back is found by the filters. */
const STEP = 100;

/** The requests that pass the filters, the newest first. */
export function RequestList() {
  const most = useSignal(STEP);
  const all = filtered.value;
  if (requests.value.length === 0) return <p>{say(INSPECTOR.none)}</p>;
  if (all.length === 0) return <p>{say(INSPECTOR.noneFits)}</p>;
  const rest = all.length - most.value;
  return (
    <>
      <ol class="requests" aria-label={say(INSPECTOR.list)}>
        {all.slice(0, most.value).map((request) => (
          <Row key={request.number} request={request} />
        ))}
      </ol>
      {rest > 0 && (
        <button type="button" onClick={() => (most.value += STEP)}>
          {say(INSPECTOR.more, { n: Math.min(rest, STEP) })}
        </button>
      )}
    </>
  );
}

function Row({ request }: { readonly request: SeenRequest }) {
  const { number, at, method, url, upload, caller, status, outcome, mistake, replayOf, fault } = request;
  const isGood = outcome === 'SUCCESS' && fault === undefined;
  return (
    <li>
      <a href={`#inspector/${number}`} data-request={number} class="request">
        <span class="number">#{number}</span>
        <time class="faint" dateTime={at}>
          {timeOf(at)}
        </time>
        <span class={isGood ? 'good ending' : 'bad ending'}>
          {isGood ? '✓' : '✗'} {status ?? '–'} {outcome}
        </span>
        <span class="what">
          {method} <Visible text={url} />
        </span>
        {upload?.filename !== undefined && (
          <span class="name">
            <Visible text={upload.filename} />
          </span>
        )}
        {caller !== undefined && (
          <span class="faint">
            <Visible text={caller} />
          </span>
        )}
        {fault && <span class="doubtful">{say(INSPECTOR.faulty)}</span>}
        {replayOf !== undefined && <span class="faint">{say(INSPECTOR.replayOf, { n: replayOf })}</span>}
        {mistake && (
          <span class="why">
            <Visible text={mistake[language.value]} />
          </span>
        )}
      </a>
    </li>
  );
}

function timeOf(at: string): string {
  return new Date(at).toLocaleTimeString(language.value, { hour12: false });
}
