import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { GALLERY } from '../messages/gallery.js';
import { say } from '../messages/language.js';
import { findImage, type ImageOfAccount } from '../server/images.js';
import { digestOf } from './digest.js';

/** "Was it uploaded?": an image is dropped or chosen, its digest is looked up, and nothing of it is sent. */
export function Question({ onOpen }: { readonly onOpen: (image: ImageOfAccount) => void }) {
  const said = useSignal('');
  useEffect(() => {
    // Wherever a file is dropped, the browser would leave the page for it.
    function stay(event: Event): void {
      event.preventDefault();
    }
    function drop(event: DragEvent): void {
      event.preventDefault();
      const [file] = event.dataTransfer?.files ?? [];
      if (file) void ask(file);
    }
    addEventListener('dragover', stay);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', stay);
      removeEventListener('drop', drop);
    };
  }, []);

  async function ask(file: File): Promise<void> {
    const { name } = file;
    said.value = say(GALLERY.hashing);
    const digest = await digestOf(file);
    if (digest === undefined) {
      said.value = say(GALLERY.unreadableFile, { name });
      return;
    }
    const answer = await findImage(digest, new AbortController().signal);
    if (!('code' in answer)) {
      said.value = say(GALLERY.known, { name });
      onOpen(answer);
    } else said.value = answer.code === 'not-found' ? say(GALLERY.unknown, { name }) : answer.text;
  }

  return (
    <div class="drop">
      <p>{say(GALLERY.ask)}</p>
      <label class="button">
        {say(GALLERY.choose)}
        <input
          type="file"
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? [];
            if (file) void ask(file);
            // The same file can be chosen once more.
            currentTarget.value = '';
          }}
        />
      </label>
      <p role="status">
        <bdi>{said.value}</bdi>
      </p>
    </div>
  );
}
