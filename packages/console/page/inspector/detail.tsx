import { useSignal, useSignalEffect } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { INSPECTOR } from '../messages/inspector.js';
import { language, say } from '../messages/language.js';
import type { ServerProblem } from '../server/problem.js';
import { type OpenedRequest, readRequest } from '../server/requests.js';
import { Bytes } from './bytes.js';
import { SignedLines } from './signed-lines.js';
import { Stages } from './stages.js';
import { Take } from './take.js';
import { Visible } from './visible.js';

/** One request with all that the sandbox knows of it. */
export function Detail({ number }: { readonly number: number }) {
  const found = useSignal<OpenedRequest | ServerProblem | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);
  // What is written in the sandbox's own language is read once more when the page's changes.
  useSignalEffect(() => {
    void language.value;
    const ending = new AbortController();
    readRequest(number, ending.signal).then(
      (request) => {
        found.value = request;
      },
      () => {},
    );
    return () => ending.abort();
  });
  useLayoutEffect(() => heading.current?.focus(), []);
  const { value } = found;
  return (
    <article class="opened" aria-labelledby="opened">
      <p>
        <a href="#inspector" data-close>
          ← {say(INSPECTOR.close)}
        </a>
      </p>
      <h2 id="opened" tabIndex={-1} ref={heading}>
        {say(INSPECTOR.request, { n: number })}
      </h2>
      {value === undefined && <p role="status">{say(INSPECTOR.reading)}</p>}
      {value !== undefined && 'code' in value && (
        <p role="alert" class="bad">
          {value.code === 'NOT_FOUND' ? say(INSPECTOR.gone) : value.text}
        </p>
      )}
      {value !== undefined && !('code' in value) && <Opened request={value} />}
    </article>
  );
}

function Opened({ request }: { readonly request: OpenedRequest }) {
  const { method, url, at, status, outcome, mistake, fault, replayOf, headers, response } = request;
  const isGood = outcome === 'SUCCESS' && fault === undefined;
  return (
    <>
      <p class="what">
        {method} <Visible text={url} />
        <br />
        <time dateTime={at} class="faint">
          {new Date(at).toLocaleString(language.value, { hour12: false })}
        </time>{' '}
        <strong class={isGood ? 'good' : 'bad'}>
          {isGood ? '✓' : '✗'} {status ?? '–'} {outcome}
        </strong>{' '}
        {replayOf !== undefined && say(INSPECTOR.replayOf, { n: replayOf })}
      </p>
      <section aria-labelledby="mistake" class={mistake ? 'mistake' : undefined}>
        <h3 id="mistake">{say(INSPECTOR.mistake)}</h3>
        <p>{mistake ? <Visible text={mistake[language.value]} /> : say(INSPECTOR.right)}</p>
      </section>
      <Take request={request} />
      <SignedLines request={request} />
      <Stages request={request} />
      <Bytes request={request} />
      <SensitiveFields fields={request.sensitiveFields} />
      <section aria-labelledby="headers">
        <h3 id="headers">{say(INSPECTOR.headers)}</h3>
        <Pairs pairs={headers} />
      </section>
      <section aria-labelledby="response">
        <h3 id="response">{say(INSPECTOR.response)}</h3>
        {response ? (
          <>
            {!response.writtenWhole && <p class="doubtful">{say(INSPECTOR.notWhole)}</p>}
            <p>{response.status}</p>
            <Pairs pairs={Object.entries(response.headers)} />
            <p class="bytes">
              <code>
                <Visible text={response.body} />
              </code>
            </p>
          </>
        ) : (
          <p>{say(INSPECTOR.noResponse)}</p>
        )}
      </section>
    </>
  );
}

function SensitiveFields({ fields }: { readonly fields: OpenedRequest['sensitiveFields'] }) {
  if (fields.length === 0) return null;
  return (
    <section aria-labelledby="sensitive">
      <h3 id="sensitive">{say(INSPECTOR.sensitive)}</h3>
      <Pairs pairs={fields.map(({ path, text, fault }) => [path, text ?? fault?.[language.value] ?? ''])} />
    </section>
  );
}

function Pairs({ pairs }: { readonly pairs: readonly (readonly [string, string])[] }) {
  return (
    <table class="pairs">
      <thead class="unseen">
        <tr>
          <th scope="col">{say(INSPECTOR.name)}</th>
          <th scope="col">{say(INSPECTOR.value)}</th>
        </tr>
      </thead>
      <tbody>
        {pairs.map(([name, value], at) => (
          // A header may come twice.
          <tr key={at}>
            <th scope="row">
              <Visible text={name} />
            </th>
            <td>
              <Visible text={value} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
