import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { keptPicture, pictureOf } from './pictures.js';

/** Milliseconds that an image is in sight before its thumbnail is asked for: what only scrolls past is not. */
const SETTLED = 80;

/** The thumbnail of an image; a placeholder until it is there, and where there is none. Its name stands beside it. */
export function Picture({ sha256, kind }: { readonly sha256: string; readonly kind: string }) {
  const address = useSignal(keptPicture(sha256));
  useEffect(() => {
    address.value = keptPicture(sha256);
    if (address.value !== undefined) return;
    const leaving = new AbortController();
    const timer = setTimeout(async () => {
      const found = await pictureOf(sha256, leaving.signal);
      if (!leaving.signal.aborted) address.value = found;
    }, SETTLED);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [sha256]);
  return address.value === undefined ? (
    <span class="thumbnail none" aria-hidden="true">
      {kind.toUpperCase().slice(0, 4)}
    </span>
  ) : (
    <img class="thumbnail" src={address.value} alt="" decoding="async" draggable={false} />
  );
}
