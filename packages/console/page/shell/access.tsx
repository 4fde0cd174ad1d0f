import { useSignal } from '@preact/signals';
import { say } from '../messages/language.js';
import { SHELL, TROUBLE } from '../messages/shell.js';
import { hasDoor } from '../server/door.js';
import { enter, isEntered, leave, refused } from '../server/session.js';

/** Asks for a token, and forgets it again. */
export function Access() {
  const text = useSignal('');
  const isWrong = useSignal(false);
  if (hasDoor.value === false) return <p class="access doubtful">{say(TROUBLE.noDoor)}</p>;
  if (isEntered.value) {
    return (
      <p class="access">
        <button type="button" class="quiet" onClick={leave}>
          {say(SHELL.leave)}
        </button>
      </p>
    );
  }
  function submit(event: Event): void {
    event.preventDefault();
    isWrong.value = !enter(text.value);
    text.value = '';
  }
  const said = isWrong.value ? say(SHELL.tokenForm) : refused.value;
  return (
    <form class="access" onSubmit={submit}>
      <label for="token">{say(SHELL.token)}</label>
      <input
        id="token"
        type="password"
        autocomplete="off"
        spellcheck={false}
        aria-describedby="token-help token-said"
        aria-invalid={said !== undefined}
        value={text.value}
        onInput={({ currentTarget }) => (text.value = currentTarget.value)}
      />
      <button type="submit">{say(SHELL.enter)}</button>
      <p id="token-help" class="faint">
        {say(SHELL.tokenHelp)}
      </p>
      <p id="token-said" role="alert" class="bad">
        {said}
      </p>
    </form>
  );
}
