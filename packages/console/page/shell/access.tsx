import { useSignal } from '@preact/signals';
import { say } from '../messages/language.js';
import { SHELL, TROUBLE } from '../messages/shell.js';
import { hasDoor } from '../server/door.js';
import { enter, leave, refused, who } from '../server/session.js';

/** Asks for a token, says who is signed in, and signs out. A server whose own page needs no token is not spoken of. */
export function Access() {
  const text = useSignal('');
  if (hasDoor.value === false) return <p class="access doubtful">{say(TROUBLE.noDoor)}</p>;
  if (who.value === null || who.value?.by === 'page') return null;
  if (who.value) {
    const { name, account } = who.value;
    return (
      <p class="access">
        <bdi>{say(SHELL.signedIn, { name, account })}</bdi>{' '}
        <button type="button" class="quiet" onClick={() => void leave()}>
          {say(SHELL.leave)}
        </button>
        {refused.value !== undefined && (
          <span role="alert" class="bad">
            {' '}
            {refused.value}
          </span>
        )}
      </p>
    );
  }
  function submit(event: Event): void {
    event.preventDefault();
    void enter(text.value);
    text.value = '';
  }
  return (
    <form class="access" onSubmit={submit}>
      <label for="token">{say(SHELL.token)}</label>
      <input
        id="token"
        type="password"
        autocomplete="off"
        spellcheck={false}
        aria-describedby="token-help token-said"
        aria-invalid={refused.value !== undefined}
        value={text.value}
        onInput={({ currentTarget }) => (text.value = currentTarget.value)}
      />
      <button type="submit">{say(SHELL.enter)}</button>
      <p id="token-help" class="faint">
        {say(SHELL.tokenHelp)}
      </p>
      <p id="token-said" role="alert" class="bad">
        {refused.value}
      </p>
    </form>
  );
}
