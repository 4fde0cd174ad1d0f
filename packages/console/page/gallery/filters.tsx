import { useSignal } from '@preact/signals';
import { GALLERY } from '../messages/gallery.js';
import { say } from '../messages/language.js';
import { type Filter, filter, hasTime, WAYS, type Way } from './filter.js';
import { look } from './list.js';

/** What is looked for. One way at a time, because each has an index and two at once have none. */
export function Filters() {
  const wanted = useSignal(filter.value);
  const { way, text, since, until } = wanted.value;
  function change(part: Partial<Filter>): void {
    wanted.value = { ...wanted.value, ...part };
  }
  function submit(event: Event): void {
    event.preventDefault();
    look(wanted.value);
  }
  return (
    <search>
      <form class="controls" onSubmit={submit}>
        <label>
          {say(GALLERY.look)}{' '}
          <select
            value={way}
            onChange={({ currentTarget }) => {
              change({ way: WAYS.find((one) => one === currentTarget.value) ?? 'all' });
              if (wanted.value.way === 'all') look(wanted.value);
            }}
          >
            {WAYS.map((one) => (
              <option key={one} value={one}>
                {say(GALLERY[one])}
              </option>
            ))}
          </select>
        </label>
        {way !== 'all' && (
          <label>
            {say(GALLERY.text)}{' '}
            <input
              type="search"
              required
              maxLength={150}
              spellcheck={false}
              value={text}
              pattern={PATTERNS[way]}
              onInput={({ currentTarget }) => change({ text: currentTarget.value })}
            />
          </label>
        )}
        {hasTime(way) && (
          <>
            <Day label={say(GALLERY.since)} value={since} onChange={(day) => change({ since: day })} />
            <Day label={say(GALLERY.until)} value={until} onChange={(day) => change({ until: day })} />
          </>
        )}
        <button type="submit">{say(GALLERY.search)}</button>
      </form>
    </search>
  );
}

function Day({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (day: string) => void;
}) {
  return (
    <label>
      {label}{' '}
      <input type="date" value={value} onInput={({ currentTarget }) => onChange(currentTarget.value)} />
    </label>
  );
}

/** What the browser says at once; the server judges all the same. */
const PATTERNS: Readonly<Record<Way, string | undefined>> = {
  all: undefined,
  filename: undefined,
  sha256: '\\s*[0-9a-fA-F]{1,64}\\s*',
  caller: undefined,
  pixels: '\\s*[1-9]\\d{0,4}\\s*[x×*Xｘ]\\s*[1-9]\\d{0,4}\\s*',
};
