import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { DETAIL, GALLERY } from '../messages/gallery.js';
import { say } from '../messages/language.js';
import { trailOf } from '../server/images.js';
import { timeOf } from './cell.js';

type Entries = Exclude<Awaited<ReturnType<typeof trailOf>>, { readonly code: string }>;

/** What the audit has of one image. Whoever may not read it sees why. */
export function Trail({ sha256 }: { readonly sha256: string }) {
  const entries = useSignal<Entries | undefined>(undefined);
  const problem = useSignal('');
  useEffect(() => {
    const leaving = new AbortController();
    trailOf(sha256, leaving.signal).then(
      (answer) => {
        if ('code' in answer) problem.value = answer.text;
        else entries.value = answer;
      },
      () => {},
    );
    return () => leaving.abort();
  }, [sha256]);
  return (
    <section aria-labelledby="trail-title">
      <h3 id="trail-title">{say(DETAIL.trail)}</h3>
      {problem.value !== '' && <p class="faint">{problem.value}</p>}
      {problem.value === '' && !entries.value && <p class="faint">{say(GALLERY.loading)}</p>}
      {entries.value?.length === 0 && <p class="faint">{say(DETAIL.trailNone)}</p>}
      {entries.value && entries.value.length > 0 && (
        <table>
          <thead>
            <tr>
              {COLUMNS.map(([name, label]) => (
                <th key={name} scope="col">
                  {say(label)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {entries.value.map((entry) => (
              <tr key={String(entry.id)}>
                {COLUMNS.map(([name]) => (
                  <td key={name}>
                    <bdi>{name === 'at' ? timeOf(String(entry.at)) : String(entry[name] ?? '–')}</bdi>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

const COLUMNS = [
  ['at', DETAIL.trailTime],
  ['event', DETAIL.trailEvent],
  ['outcome', DETAIL.trailOutcome],
  ['caller', DETAIL.trailCaller],
] as const;
