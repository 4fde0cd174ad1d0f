import { useSignal } from '@preact/signals';
import { GIVE } from '../messages/give.js';
import { language, say } from '../messages/language.js';
import { UPLOAD } from '../messages/upload.js';
import { MOST_DETAILS } from '../parts/coupon.js';
import { copy, download } from '../parts/give.js';
import { couponNames, imagesOfCoupon, lookAtCoupon } from './coupons.js';
import { counts, items } from './items.js';
import { couponJson, type Result, resultsCsv, resultsJson } from './results.js';

/** What the uploads gave, to take away: of one coupon, or of all. Nothing is put together before it is asked for. */
export function Outcome() {
  const said = useSignal<'copied' | 'notCopied' | undefined>(undefined);
  const chosen = useSignal('');
  const isCut = useSignal(false);
  const shown = useSignal<string | undefined>(undefined);
  if (counts.value.ready + counts.value.done === 0) return null;
  const names = couponNames.value;
  const name = names.includes(chosen.value) ? chosen.value : (names[0] ?? '');
  const jsonNow = () => {
    const made = couponJson(imagesOfCoupon(name).flatMap(resultOf));
    isCut.value = made.isCut;
    return made.json;
  };
  return (
    <div class="controls">
      {names.length > 1 && (
        <span>
          <label for="coupon-of">{say(UPLOAD.couponOf)}</label>{' '}
          <select
            id="coupon-of"
            value={name}
            onChange={({ currentTarget }) => {
              chosen.value = currentTarget.value;
              shown.value = undefined;
            }}
          >
            {names.map((one) => (
              <option key={one} value={one}>
                {one || say(UPLOAD.withoutCoupon)}
              </option>
            ))}
          </select>
        </span>
      )}
      <button type="button" onClick={() => lookAtCoupon(name)}>
        {say(UPLOAD.preview)}
      </button>
      {counts.value.done > 0 && (
        <>
          <button
            type="button"
            onClick={async () => {
              said.value = (await copy(jsonNow())) ? 'copied' : 'notCopied';
            }}
          >
            {say(UPLOAD.coupon)}
          </button>
          <button
            type="button"
            onClick={() =>
              download('coupon-images.csv', 'text/csv', resultsCsv(allResults(), language.value))
            }
          >
            {say(UPLOAD.csv)}
          </button>
          <button
            type="button"
            onClick={() => download('coupon-images.json', 'application/json', resultsJson(allResults()))}
          >
            {say(UPLOAD.json)}
          </button>
          <span role="status">{said.value && say(GIVE[said.value])}</span>
          {isCut.value && <span class="doubtful">{say(UPLOAD.tooManyOfSlot, { most: MOST_DETAILS })}</span>}
          {/* Where copying is not permitted, and for whoever wants to look before. */}
          <details
            key={name}
            onToggle={({ currentTarget }) => (shown.value = currentTarget.open ? jsonNow() : undefined)}
          >
            <summary>JSON</summary>
            <pre>{shown.value}</pre>
          </details>
        </>
      )}
    </div>
  );
}

function allResults(): readonly Result[] {
  return items.peek().flatMap(resultOf);
}

function resultOf({ coupon, path, slot, state }: (typeof items.value)[number]): readonly Result[] {
  const now = state.peek();
  if (now.at !== 'done') return [];
  const { url, sha256, width, height } = now.result;
  return [{ path, slot: slot.peek(), coupon: coupon.peek(), url, sha256, width, height }];
}
