import { say } from '../messages/language.js';
import { UPLOAD } from '../messages/upload.js';
import { clear, counts } from './items.js';
import { cancel, goOn, isPaused, isToBePrepared, pause, retry, send } from './sending.js';

/** What can be done with the whole list, and how far it is. */
export function Controls() {
  const { all, busy, done, failed } = counts.value;
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
        <button type="button" class="quiet" onClick={clear}>
          {say(UPLOAD.clear)}
        </button>
      )}
      <progress max={all} value={done} aria-label={say(UPLOAD.state)} />
      <span role="status">{say(UPLOAD.counts, { all, done, failed })}</span>
    </div>
  );
}
