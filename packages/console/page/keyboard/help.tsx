import { useLayoutEffect, useRef } from 'preact/hooks';
import { KEYBOARD } from '../messages/keyboard.js';
import { say } from '../messages/language.js';
import { areOn, isHelpOpen, type Shortcut, switchShortcuts } from './shortcuts.js';

/** The button that shows the shortcuts, and the dialog that lists them: the same table that carries them out. */
export function KeyboardHelp({ shortcuts }: { readonly shortcuts: readonly Shortcut[] }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = isHelpOpen.value;
  useLayoutEffect(() => {
    const { current } = dialog;
    if (isOpen && current && !current.open) current.showModal();
    if (!isOpen && current?.open) current.close();
  }, [isOpen]);
  return (
    <>
      <button type="button" class="quiet" aria-haspopup="dialog" onClick={() => (isHelpOpen.value = true)}>
        {say(KEYBOARD.button)}
      </button>
      <dialog ref={dialog} aria-labelledby="keyboard-help" onClose={() => (isHelpOpen.value = false)}>
        <h2 id="keyboard-help">{say(KEYBOARD.title)}</h2>
        <table>
          <thead>
            <tr>
              <th scope="col">{say(KEYBOARD.key)}</th>
              <th scope="col">{say(KEYBOARD.does)}</th>
            </tr>
          </thead>
          <tbody>
            {shortcuts.map(({ key, text, values = {} }) => (
              <tr key={key}>
                <td>
                  <kbd>{key}</kbd>
                </td>
                <td>{say(text, values)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p>
          <label>
            <input
              type="checkbox"
              checked={areOn.value}
              onChange={({ currentTarget }) => switchShortcuts(currentTarget.checked)}
            />{' '}
            {say(KEYBOARD.isOn)}
          </label>
        </p>
        <button type="button" onClick={() => (isHelpOpen.value = false)}>
          {say(KEYBOARD.closeHelp)}
        </button>
      </dialog>
    </>
  );
}
