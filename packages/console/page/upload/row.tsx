import { language, say } from '../messages/language.js';
import { UPLOAD } from '../messages/upload.js';
import { CopyButton } from '../parts/copy-button.js';
import { neighbourOf } from '../parts/neighbour.js';
import { adjust } from './dialogs.js';
import { type Item, type ItemState, remove } from './items.js';
import { isToBePrepared } from './sending.js';
import { SlotChoice } from './slot-choice.js';
import { findingsOf, isSendable } from './verdict.js';

/** One file of the list: what it is, whether it fits, how far it is. */
export function Row({ item }: { readonly item: Item }) {
  const { coupon, file, path: name, preparation, slot, state, thumbnail } = item;
  const { at } = state.value;
  const isBusy = at === 'waiting' || at === 'sending';
  return (
    <li class="item">
      {thumbnail.value === undefined ? (
        <span class="picture" />
      ) : (
        <img class="picture" src={thumbnail.value} alt="" />
      )}
      {/* A name may be of any script, and must not turn the words around it. */}
      <span class="name">
        <bdi>{name}</bdi>
        {coupon.value !== '' && (
          <>
            {' '}
            <bdi class="coupon-of">{coupon.value}</bdi>
          </>
        )}
      </span>
      <SlotChoice
        value={slot.value}
        label={say(UPLOAD.slotOf, { name })}
        isFixed={isBusy || at === 'done'}
        onChoice={(chosen) => {
          slot.value = chosen;
          // A part that was cut by hand has the shape of the other slot.
          preparation.value = {};
        }}
      />
      <span>
        <Verdict item={item} />{' '}
        {file.value && !isBusy && at !== 'done' && (
          <button type="button" aria-label={say(UPLOAD.fitOf, { name })} onClick={() => adjust(item)}>
            {say(Object.keys(preparation.value).length > 0 ? UPLOAD.fitted : UPLOAD.fit)}
          </button>
        )}
      </span>
      <StateView item={item} />
      <button
        type="button"
        class="quiet"
        aria-label={say(UPLOAD.remove, { name })}
        disabled={isBusy}
        onClick={({ currentTarget }) => {
          (neighbourOf(currentTarget) ?? document.getElementById('content'))?.focus();
          remove(item);
        }}
      >
        ×
      </button>
    </li>
  );
}

/** Nothing is seen of a file that is asked for once more. */
function Verdict({ item: { bytes, file, look, slot } }: { readonly item: Item }) {
  if (!file.value) return null;
  if (look.value === 'looking') return <span class="faint">{say(UPLOAD.looking)}</span>;
  if (look.value === undefined) return <span class="bad">{say(UPLOAD.unseen)}</span>;
  const findings = findingsOf(look.value, bytes.value, slot.value);
  if (findings.length === 0) return <span class="good">{say(UPLOAD.fits)}</span>;
  const [head, kind] = !isSendable(findings, isToBePrepared.value)
    ? [UPLOAD.refused, 'bad']
    : isToBePrepared.value
      ? [UPLOAD.willFit, 'faint']
      : [UPLOAD.misfits, 'doubtful'];
  return (
    <span class={kind}>
      {say(head)}
      {findings.map(({ text, values }) => say(text, values)).join(SEMICOLON[language.value])}
    </span>
  );
}

function StateView({ item: { bytes, path: name, state } }: { readonly item: Item }) {
  const { value } = state;
  if (value.at === 'sending') {
    const percent = Math.min(100, Math.round((100 * value.sent) / Math.max(1, bytes.value)));
    return <span>{say(UPLOAD.sending, { percent })}</span>;
  }
  if (value.at === 'done') return <Done name={name} result={value.result} />;
  const problem = 'problem' in value ? value.problem : undefined;
  return (
    <span class={value.at === 'failed' ? 'bad' : undefined}>
      {say(UPLOAD[value.at])}
      {problem && <> {problem.text}</>}
    </span>
  );
}

type DoneState = Extract<ItemState, { at: 'done' }>;

function Done({ name, result }: { readonly name: string; readonly result: DoneState['result'] }) {
  const { url, changes, isReused } = result;
  return (
    <span>
      {say(isReused ? UPLOAD.known : UPLOAD.done)} <code class="url">{url}</code>{' '}
      <CopyButton text={url} label={say(UPLOAD.copy)} name={say(UPLOAD.copyUrl, { name })} />
      {changes.length > 0 && <span class="faint"> {changes.join(SEMICOLON[language.value])}</span>}
    </span>
  );
}

/** Between the parts of a verdict. */
const SEMICOLON = { 'zh-CN': '；', en: '; ' } as const;
