import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { say } from '../messages/language.js';
import { PREVIEW } from '../messages/preview.js';
import { MOST_DETAILS } from '../parts/coupon.js';
import { approvalPage } from './approval.js';
import { Phones } from './phones.js';
import './phones.css';
import { chosenOf, type Picture, type Shown, showAll } from './pictures.js';
import './style.css';

export interface PreviewDialogProps {
  /** Of the coupon; empty without one. */
  readonly name: string;
  readonly pictures: readonly Picture[];
  /** Offers a text as a file to keep. */
  readonly download: (name: string, type: string, text: string) => void;
  readonly onEnd: () => void;
}

/** One coupon on a phone, with the bytes that an upload would send. */
export function PreviewDialog({ name, pictures, download, onEnd }: PreviewDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const phones = useRef<HTMLDivElement>(null);
  const shown = useSignal<Shown | undefined>(undefined);
  const title = name || say(PREVIEW.unnamed);
  const chosen = chosenOf(pictures);

  // At once, so that the next key is the dialog's.
  useLayoutEffect(() => dialog.current?.showModal(), []);

  useEffect(() => {
    const ending = new AbortController();
    void showAll(chosen, ending.signal).then(
      (made) => {
        if (ending.signal.aborted) giveBack(made);
        else shown.value = made;
      },
      () => undefined,
    );
    return () => {
      ending.abort();
      giveBack(shown.peek());
    };
  }, []);

  async function keep(): Promise<void> {
    const { current } = phones;
    if (!current || !shown.value) return;
    download('coupon.html', 'text/html', await approvalPage(title, current, shown.value.pictures));
  }

  return (
    <dialog ref={dialog} class="preview" aria-labelledby="preview-title" onClose={onEnd}>
      <h2 id="preview-title">
        <bdi>{say(PREVIEW.title, { name: title })}</bdi>
      </h2>
      <p class="faint">{say(PREVIEW.note)}</p>
      {chosen.length < pictures.length && <p class="doubtful">{say(PREVIEW.more, { most: MOST_DETAILS })}</p>}
      <div role="status">
        {!shown.value && <p>{say(PREVIEW.working)}</p>}
        {shown.value?.problems.map((problem) => (
          <p key={problem} class="bad">
            {problem}
          </p>
        ))}
      </div>
      <div ref={phones}>{shown.value && <Phones name={title} pictures={shown.value.pictures} />}</div>
      <p class="controls">
        <button type="button" disabled={!shown.value} onClick={keep}>
          {say(PREVIEW.exported)}
        </button>
        <button type="button" class="quiet" onClick={() => dialog.current?.close()}>
          {say(PREVIEW.close)}
        </button>
      </p>
    </dialog>
  );
}

function giveBack(shown: Shown | undefined): void {
  for (const { address } of shown?.pictures ?? []) URL.revokeObjectURL(address);
}
