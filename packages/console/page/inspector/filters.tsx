import { INSPECTOR } from '../messages/inspector.js';
import { say } from '../messages/language.js';
import { codes, type Filters, filters } from './live.js';

/** Which requests are listed. */
export function FilterFields() {
  const { ending, code, merchant, text } = filters.value;
  const set = (changed: Partial<Filters>) => {
    filters.value = { ...filters.value, ...changed };
  };
  return (
    <fieldset class="filters">
      <legend class="unseen">{say(INSPECTOR.filters)}</legend>
      <label>
        {say(INSPECTOR.ending)}
        <select
          value={ending}
          onChange={({ currentTarget }) => set({ ending: ENDINGS[currentTarget.selectedIndex] ?? 'all' })}
        >
          {ENDINGS.map((one) => (
            <option key={one} value={one}>
              {say(INSPECTOR[one])}
            </option>
          ))}
        </select>
      </label>
      <label>
        {say(INSPECTOR.code)}
        <select value={code} onChange={({ currentTarget }) => set({ code: currentTarget.value })}>
          <option value="">{say(INSPECTOR.all)}</option>
          {(codes.value.includes(code) || code === '' ? codes.value : [code, ...codes.value]).map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </label>
      <label>
        {say(INSPECTOR.merchant)}
        <input
          type="text"
          inputMode="numeric"
          autocomplete="off"
          spellcheck={false}
          value={merchant}
          onInput={({ currentTarget }) => set({ merchant: currentTarget.value })}
        />
      </label>
      <label>
        {say(INSPECTOR.text)}
        <input
          type="search"
          autocomplete="off"
          spellcheck={false}
          placeholder={say(INSPECTOR.textHelp)}
          value={text}
          onInput={({ currentTarget }) => set({ text: currentTarget.value })}
        />
      </label>
    </fieldset>
  );
}

const ENDINGS = ['all', 'succeeded', 'failed'] as const;
