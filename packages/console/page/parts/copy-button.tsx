import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { GIVE } from '../messages/give.js';
import { say } from '../messages/language.js';
import { copy } from './give.js';

export interface CopyButtonProps {
  readonly text: string;
  readonly label: string;
  /** The name for screen readers, where the label says too little. */
  readonly name?: string;
  readonly isQuiet?: boolean;
}

/** Copies a text, and says beside itself whether the browser permitted it. */
export function CopyButton({ text, label, name, isQuiet = false }: CopyButtonProps) {
  const said = useSignal<'copied' | 'notCopied' | undefined>(undefined);
  useEffect(() => {
    said.value = undefined;
  }, [text]);
  return (
    <>
      <button
        type="button"
        class={isQuiet ? 'quiet' : undefined}
        aria-label={name}
        onClick={async () => {
          said.value = (await copy(text)) ? 'copied' : 'notCopied';
        }}
      >
        {label}
      </button>{' '}
      <span role="status">{said.value && say(GIVE[said.value])}</span>
    </>
  );
}
