import { say } from '../messages/language.js';
import { UPLOAD } from '../messages/upload.js';
import { forgetTable } from './assign.js';
import { held } from './hold.js';
import { clear, counts, items } from './items.js';
import { rate } from './rate.js';
import { cancel, goOn, isPaused, isToBePrepared, pause, retry, send } from './sending.js';

/** What can be done with the whole list, and how far it is. */
export function Controls() {
  const { done, failed, sending, waiting } = counts.value;
  const all = items.value.length;
  const busy = sending + waiting;
  return (
    <div class="controls">
      <label>
        <input
          type="checkbox"
          checked={isToBePrepared.value}
          disabled={busy > 0}
          onChange={({ currentTarget }) => (isToBePrepared.value = currentTarget.checked)}
        />{' '}
        {say(UPLOAD.prepare)}
      </label>
      {busy === 0 ? (
        <button type="button" class="main" onClick={() => send()}>
          {say(UPLOAD.send)}
        </button>
      ) : (
        <>
          <button type="button" onClick={isPaused.value ? goOn : pause}>
            {say(isPaused.value ? UPLOAD.goOn : UPLOAD.pause)}
          </button>
          <button type="button" onClick={cancel}>
            {say(UPLOAD.cancel)}
          </button>
        </>
      )}
      {failed > 0 && (
        <button type="button" onClick={retry}>
          {say(UPLOAD.again, { n: failed })}
        </button>
      )}
      {busy === 0 && (
        <button
          type="button"
          class="quiet"
          onClick={() => {
            clear();
            forgetTable();
          }}
        >
          {say(UPLOAD.clear)}
        </button>
      )}
      <progress max={all} value={done} aria-label={say(UPLOAD.state)} />
      <span role="status">{say(UPLOAD.counts, { all, done, failed })}</span>
      {!held.value && <TimeLeft />}
      <p role="status">{busy > 0 && <HeldBy />}</p>
    </div>
  );
}

/** Why nothing is sent now, and that it goes on by itself. A server that cannot be reached says so in its words. */
function HeldBy() {
  if (!held.value) return null;
  const { again = 0, code, text } = held.value.problem;
  return (
    <span class="doubtful">
      {text} {code !== 'offline' && say(UPLOAD.heldFor, { seconds: Math.ceil(again / 1000) })}
    </span>
  );
}

/** Apart from what screen readers are told: it changes with each image. */
function TimeLeft() {
  if (!rate.value) return null;
  const { perSecond, seconds } = rate.value;
  const values = { rate: perSecond.toFixed(1), minutes: Math.floor(seconds / 60), seconds: seconds % 60 };
  return <span class="faint">{say(seconds < 60 ? UPLOAD.secondsLeft : UPLOAD.minutesLeft, values)}</span>;
}
