import { useLayoutEffect, useRef } from 'preact/hooks';
import { DETAIL } from '../messages/gallery.js';
import { say } from '../messages/language.js';
import { CopyButton } from '../parts/copy-button.js';
import type { ImageOfAccount } from '../server/images.js';
import { sizeOf, timeOf } from './cell.js';
import { Picture } from './picture.js';
import { Trail } from './trail.js';

/** Everything that is known of one image. The browser gives the focus back to where it was. */
export function Detail({ image, onClose }: { readonly image: ImageOfAccount; readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const value = image.image_url ?? image.media_id ?? '';
  const rows: [label: string, content: string, isCode?: boolean][] = [
    [say(DETAIL.filename), image.filename],
    [say(DETAIL.value), value, true],
    [say(DETAIL.sha256), image.sha256, true],
    [say(DETAIL.size), sizeOf(image)],
    [say(DETAIL.bytes), `${image.bytes}`],
    [say(DETAIL.kind), image.kind.toUpperCase()],
    [say(DETAIL.slot), image.slot ?? '–'],
    [say(DETAIL.endpoint), image.endpoint, true],
    [say(DETAIL.caller), image.caller, true],
    [say(DETAIL.at), timeOf(image.uploaded_at)],
    [say(DETAIL.upstream), image.upstream_request_id ?? '–', true],
  ];
  return (
    <dialog ref={dialog} class="detail" aria-labelledby="detail-title" onClose={onClose}>
      <div class="detail-head">
        <h2 id="detail-title">{say(DETAIL.title)}</h2>
        <button type="button" onClick={() => dialog.current?.close()}>
          {say(DETAIL.close)}
        </button>
      </div>
      <Picture sha256={image.sha256} kind={image.kind} />
      <p>
        <CopyButton label={say(DETAIL.copyUrl)} text={value} />{' '}
        <CopyButton label={say(DETAIL.copyJson)} text={JSON.stringify(image, undefined, 2)} />
      </p>
      <dl>
        {rows.map(([label, content, isCode]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{isCode ? <code>{content}</code> : <bdi>{content}</bdi>}</dd>
          </div>
        ))}
      </dl>
      {image.changes.length > 0 && (
        <>
          <h3>{say(DETAIL.changes)}</h3>
          <ul>
            {image.changes.map(({ text }) => (
              <li key={text}>{String(text)}</li>
            ))}
          </ul>
        </>
      )}
      <Trail sha256={image.sha256} />
    </dialog>
  );
}
