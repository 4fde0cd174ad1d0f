import { type SlotName, slots } from '@coupon-media/prepare';
import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { FIT } from '../messages/fit.js';
import { say } from '../messages/language.js';
import { type PreparedImage, prepareImage } from '../server/prepare.js';
import type { ServerProblem } from '../server/problem.js';
import { isEntered } from '../server/session.js';
import type { Preparation } from '../server/upload.js';
import { Compare } from './compare.js';
import { Cropper } from './cropper.js';
import { type Choice, choiceOf, cropOf, MIDDLE } from './part.js';
import { shownPicture } from './shown.js';
import './style.css';
import { FOCUSES, WAYS, wantedOf } from './ways.js';

export interface FitDialogProps {
  readonly file: File;
  readonly name: string;
  readonly slot: SlotName;
  readonly preparation: Preparation;
  /** Images of the same slot that were not sent, this one included. */
  readonly alike: number;
  /** Undefined: nothing is changed. */
  readonly onEnd: (chosen?: Preparation, isForAll?: boolean) => void;
}

/** Shows what becomes of an image, and lets it be cut, padded and coloured by hand. The server makes each picture that is shown. */
export function FitDialog({ file, name, slot, preparation, alike, onEnd }: FitDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const fit = useSignal<string>(preparation.fit ?? slots[slot].fit);
  const focus = useSignal(preparation.focus ?? 'centre');
  const background = useSignal(preparation.background);
  const choice = useSignal<Choice | undefined>(undefined);
  const before = useSignal<string | undefined>(undefined);
  const made = useSignal<Made | ServerProblem | undefined>(undefined);
  const source = useSignal<PreparedImage['source'] | undefined>(undefined);
  const isWorking = useSignal(true);

  const wanted = wantedOf(slot, {
    fit: fit.value,
    focus: focus.value,
    background: background.value,
    // Until the size of the source is known, what was chosen before.
    crop: source.value && choice.value ? cropOf(source.value, slot, choice.value) : preparation.crop,
  });
  const key = JSON.stringify(wanted);

  // At once, so that the next key is the dialog's.
  useLayoutEffect(() => dialog.current?.showModal(), []);

  useEffect(() => {
    const ending = new AbortController();
    void shownPicture(file, ending.signal).then(
      (picture) => {
        if (picture && !ending.signal.aborted) before.value = URL.createObjectURL(picture);
      },
      () => undefined,
    );
    return () => {
      ending.abort();
      for (const address of [before.peek(), addressIn(made.peek())])
        if (address) URL.revokeObjectURL(address);
    };
  }, []);

  useEffect(() => {
    if (!isEntered.value) return undefined;
    const ending = new AbortController();
    isWorking.value = true;
    // While a slider moves, only where it comes to rest is asked for.
    const timer = setTimeout(() => {
      void prepareImage({ file, slot, preparation: wanted }, ending.signal).then(
        (answer) => {
          if (ending.signal.aborted) return;
          const old = addressIn(made.peek());
          if (old) URL.revokeObjectURL(old);
          made.value = 'code' in answer ? answer : { ...answer, address: URL.createObjectURL(answer.image) };
          if (!('code' in answer) && !source.peek()) {
            source.value = answer.source;
            choice.value = choiceOf(answer.source, slot, preparation.crop);
          }
          isWorking.value = false;
        },
        // Another one is on its way, or the dialog is closed.
        () => undefined,
      );
    }, 250);
    return () => {
      clearTimeout(timer);
      ending.abort();
    };
  }, [key, isEntered.value]);

  /** Closed first, so that the focus goes back to where it came from. */
  function take(isForAll: boolean): void {
    dialog.current?.close();
    onEnd(wanted, isForAll);
  }

  const { margin, width } = slots[slot];
  const now = made.value;
  return (
    <dialog ref={dialog} class="fit" aria-labelledby="fit-title" onClose={() => onEnd()}>
      <h2 id="fit-title">
        <bdi>{say(FIT.title, { name })}</bdi>
      </h2>
      <div class="fit-sides">
        <div>
          <fieldset>
            <legend>{say(FIT.how)}</legend>
            {WAYS[slot].map((way) => (
              <label key={way}>
                <input
                  type="radio"
                  name="fit"
                  checked={fit.value === way}
                  onChange={() => (fit.value = way)}
                />{' '}
                {say(FIT[way])}
              </label>
            ))}
          </fieldset>
          {fit.value === 'crop' ? (
            <Cropper
              address={before.value}
              source={source.value}
              slot={slot}
              choice={choice.value ?? MIDDLE}
              onChoice={(next) => (choice.value = next)}
            />
          ) : (
            <p>
              <label for="fit-focus">{say(FIT.focus)}</label>{' '}
              <select
                id="fit-focus"
                value={focus.value}
                onChange={({ currentTarget }) => (focus.value = currentTarget.value)}
              >
                {FOCUSES.map((one) => (
                  <option key={one} value={one}>
                    {say(FIT[one])}
                  </option>
                ))}
              </select>
            </p>
          )}
          <p>
            <label>
              <input
                type="checkbox"
                checked={background.value !== undefined}
                onChange={({ currentTarget }) =>
                  (background.value = currentTarget.checked ? '#ffffff' : undefined)
                }
              />{' '}
              {say(FIT.hasBackground)}
            </label>{' '}
            <input
              type="color"
              aria-label={say(FIT.background)}
              disabled={background.value === undefined}
              value={background.value ?? '#ffffff'}
              onInput={({ currentTarget }) => (background.value = currentTarget.value)}
            />
          </p>
        </div>
        <div>
          {now && 'address' in now && (
            <Compare
              before={before.value}
              after={now.address}
              size={now}
              margin={margin / width}
              marginPixels={margin}
            />
          )}
          <div role="status">
            {isEntered.value ? (
              isWorking.value && <p class="faint">{say(FIT.working)}</p>
            ) : (
              <p>{say(FIT.needsServer)}</p>
            )}
            {now && 'code' in now && <p class="bad">{now.text}</p>}
            {now && 'address' in now && !isWorking.value && <Changes made={now} before={file.size} />}
          </div>
        </div>
      </div>
      <p class="controls">
        <button type="button" class="main" disabled={!now || 'code' in now} onClick={() => take(false)}>
          {say(FIT.use)}
        </button>
        {alike > 1 && (
          <button
            type="button"
            aria-describedby="fit-all"
            disabled={!now || 'code' in now}
            onClick={() => take(true)}
          >
            {say(FIT.useForAll, { n: alike })}
          </button>
        )}
        <button
          type="button"
          onClick={() => {
            fit.value = slots[slot].fit;
            focus.value = 'centre';
            background.value = undefined;
            choice.value = MIDDLE;
          }}
        >
          {say(FIT.reset)}
        </button>
        <button type="button" class="quiet" onClick={() => dialog.current?.close()}>
          {say(FIT.close)}
        </button>
      </p>
      {alike > 1 && (
        <p id="fit-all" class="faint">
          {say(FIT.allHelp)}
        </p>
      )}
    </dialog>
  );
}

type Made = PreparedImage & { readonly address: string };

function Changes({ made, before }: { readonly made: Made; readonly before: number }) {
  if (made.isUnchanged) return <p class="good">{say(FIT.unchanged)}</p>;
  const { width, height, image } = made;
  return (
    <>
      <p>{say(FIT.bytes, { before, after: image.size, width, height })}</p>
      <h3>{say(FIT.changes)}</h3>
      <ul>
        {made.changes.map((change) => (
          <li key={change}>{change}</li>
        ))}
      </ul>
    </>
  );
}

function addressIn(made: Made | ServerProblem | undefined): string | undefined {
  return made && 'address' in made ? made.address : undefined;
}
