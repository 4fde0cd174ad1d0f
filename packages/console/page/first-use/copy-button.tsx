import { useSignal } from '@preact/signals';
import { FIRST_USE } from '../messages/first-use.js';
import { say } from '../messages/language.js';

/** Copies a text, and says whether the browser permitted it. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const said = useSignal('');
  async function copy(): Promise<void> {
    const isCopied = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    said.value = say(isCopied ? FIRST_USE.copied : FIRST_USE.notCopied);
  }
  return (
    <>
      <button type="button" class="quiet" onClick={() => void copy()}>
        {label}
      </button>{' '}
      <span role="status">{said.value}</span>
    </>
  );
}
