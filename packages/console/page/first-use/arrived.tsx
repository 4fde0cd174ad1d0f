import { FIRST_USE } from '../messages/first-use.js';
import { language, say } from '../messages/language.js';
import type { SeenRequest } from '../server/requests.js';

/** What has arrived, and what the sandbox thinks of it. */
export function Arrived({ requests }: { readonly requests: readonly SeenRequest[] }) {
  return (
    <div role="status">
      {requests.length === 0 && <p>{say(FIRST_USE.waiting)}</p>}
      <ol reversed class="arrived">
        {requests.map(({ number, method, url, status, outcome, mistake }) => (
          <li key={number} value={number}>
            <code>
              <bdi>
                {method} {url}
              </bdi>
            </code>{' '}
            {status}{' '}
            {outcome === 'SUCCESS' ? (
              <span class="good">{say(FIRST_USE.success)}</span>
            ) : (
              <span class="bad">
                {outcome} <bdi>{mistake?.[language.value]}</bdi>
              </span>
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}
