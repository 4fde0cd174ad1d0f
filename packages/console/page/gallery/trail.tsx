import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { DETAIL, GALLERY } from '../messages/gallery.js';
import { say } from '../messages/language.js';
import { trailOf } from '../server/images.js';
import type { ServerProblem } from '../server/problem.js';
import { requestsOfImage } from '../server/requests.js';
import { who } from '../server/session.js';
import { timeOf } from './cell.js';

interface TrailProps {
  readonly sha256: string;
}

/**
 * What happened to one image: of a relay the audit, of a sandbox the requests of its journal. Whoever may not read the audit reads what
 * is needed, and the server is not asked for what it would refuse.
 */
export function Trail({ sha256 }: TrailProps) {
  if (who.value?.by === 'page') return <Requests sha256={sha256} />;
  if (!who.value?.scopes.includes('admin'))
    return <Part title={say(DETAIL.trail)} note={say(DETAIL.trailForAdmin)} />;
  return <Audit sha256={sha256} />;
}

function Audit({ sha256 }: TrailProps) {
  const { found: entries, note } = useTrail(trailOf, sha256, say(DETAIL.trailNone));
  const heads = COLUMNS.map(([, label]) => say(label));
  return (
    <Part title={say(DETAIL.trail)} note={note} heads={heads}>
      {entries.map((entry) => (
        <tr key={String(entry.id)}>
          {COLUMNS.map(([name]) => (
            <td key={name}>
              <bdi>{name === 'at' ? timeOf(String(entry.at)) : String(entry[name] ?? '–')}</bdi>
            </td>
          ))}
        </tr>
      ))}
    </Part>
  );
}

const COLUMNS = [
  ['at', DETAIL.trailTime],
  ['event', DETAIL.trailEvent],
  ['outcome', DETAIL.trailOutcome],
  ['caller', DETAIL.trailCaller],
] as const;

/** Each leads to the inspector, which has all of it. */
function Requests({ sha256 }: TrailProps) {
  const { found: requests, note } = useTrail(requestsOfImage, sha256, say(DETAIL.requestsNone));
  const heads = [DETAIL.request, DETAIL.trailTime, DETAIL.trailOutcome, DETAIL.trailCaller].map((label) =>
    say(label),
  );
  return (
    <Part title={say(DETAIL.requests)} note={note} heads={heads}>
      {requests.map(({ number, at, outcome, caller = '–' }) => (
        <tr key={number}>
          <td>
            {/* With a path in front: a bare fragment that stands out of sight would be taken for a link that skips. */}
            <a href={`./#inspector/${number}`}>#{number}</a>
          </td>
          <td>{timeOf(at)}</td>
          <td>
            <bdi>{outcome}</bdi>
          </td>
          <td>
            <bdi>{caller}</bdi>
          </td>
        </tr>
      ))}
    </Part>
  );
}

/** A table, or a sentence in its place. */
function Part({
  title,
  note,
  heads = [],
  children,
}: {
  readonly title: string;
  readonly note: string | undefined;
  readonly heads?: readonly string[];
  readonly children?: ComponentChildren;
}) {
  return (
    <section aria-labelledby="trail-title">
      <h3 id="trail-title">{title}</h3>
      {note !== undefined ? (
        <p class="faint">{note}</p>
      ) : (
        <table>
          <thead>
            <tr>
              {heads.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{children}</tbody>
        </table>
      )}
    </section>
  );
}

type Read<T> = (sha256: string, signal: AbortSignal) => Promise<readonly T[] | ServerProblem>;

/** @returns what was read, and the sentence to show as long as there is nothing */
function useTrail<T>(
  read: Read<T>,
  sha256: string,
  none: string,
): { readonly found: readonly T[]; readonly note: string | undefined } {
  const answered = useSignal<readonly T[] | ServerProblem | undefined>(undefined);
  useEffect(() => {
    const leaving = new AbortController();
    read(sha256, leaving.signal).then(
      (answer) => {
        answered.value = answer;
      },
      () => {},
    );
    return () => leaving.abort();
  }, [sha256]);
  const { value } = answered;
  if (value === undefined) return { found: [], note: say(GALLERY.loading) };
  if ('code' in value) return { found: [], note: value.text };
  return { found: value, note: value.length === 0 ? none : undefined };
}
