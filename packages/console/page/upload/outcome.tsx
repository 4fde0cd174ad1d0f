import { useSignal } from '@preact/signals';
import { language, say } from '../messages/language.js';
import { UPLOAD } from '../messages/upload.js';
import { copy, download } from '../parts/give.js';
import { items } from './items.js';
import { couponJson, type Result, resultsCsv, resultsJson } from './results.js';

/** What the uploads gave, to take away. */
export function Outcome() {
  const said = useSignal<'copied' | 'notCopied' | undefined>(undefined);
  const results = resultsNow();
  if (results.length === 0) return null;
  const { json, isCut } = couponJson(results);
  return (
    <div class="controls">
      <button
        type="button"
        onClick={async () => {
          said.value = (await copy(json)) ? 'copied' : 'notCopied';
        }}
      >
        {say(UPLOAD.coupon)}
      </button>
      <button
        type="button"
        onClick={() => download('coupon-images.csv', 'text/csv', resultsCsv(results, language.value))}
      >
        {say(UPLOAD.csv)}
      </button>
      <button
        type="button"
        onClick={() => download('coupon-images.json', 'application/json', resultsJson(results))}
      >
        {say(UPLOAD.json)}
      </button>
      <span role="status">{said.value && say(UPLOAD[said.value])}</span>
      {isCut && <span class="faint">{say(UPLOAD.tooManyOfSlot)}</span>}
      {/* Where copying is not permitted, and for whoever wants to look before. */}
      <details>
        <summary>JSON</summary>
        <pre>{json}</pre>
      </details>
    </div>
  );
}

function resultsNow(): readonly Result[] {
  return items.value.flatMap(({ path, slot, state: { value } }) => {
    if (value.at !== 'done') return [];
    const { url, sha256, width, height } = value.result;
    return [{ path, slot: slot.value, url, sha256, width, height }];
  });
}
