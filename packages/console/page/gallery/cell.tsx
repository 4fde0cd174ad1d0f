import { GALLERY } from '../messages/gallery.js';
import { language, say } from '../messages/language.js';
import type { ImageOfAccount } from '../server/images.js';
import { Picture } from './picture.js';

export interface CellOfGrid {
  readonly image: ImageOfAccount;
  /** In reading order, from 0. */
  readonly place: number;
  readonly column: number;
  readonly isCurrent: boolean;
  readonly onOpen: (image: ImageOfAccount) => void;
  readonly onFocus: (place: number) => void;
}

/** One image of the grid. Its name is text, whatever it holds, and turns no text around it. */
export function Cell({ image, place, column, isCurrent, onOpen, onFocus }: CellOfGrid) {
  const { sha256, kind, filename, uploaded_at } = image;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes the keys of all its cells.
    // biome-ignore lint/a11y/useSemanticElements: a cell of the grid, which is no table.
    <div
      role="gridcell"
      aria-colindex={column + 1}
      tabIndex={isCurrent ? 0 : -1}
      data-place={place}
      class="cell"
      onClick={() => onOpen(image)}
      onFocus={() => onFocus(place)}
    >
      <Picture sha256={sha256} kind={kind} />
      <bdi class="cell-name">{filename}</bdi>
      <span class="faint">{sizeOf(image)}</span>
      <time class="faint" dateTime={uploaded_at}>
        {timeOf(uploaded_at)}
      </time>
    </div>
  );
}

export function sizeOf({ width, height }: Pick<ImageOfAccount, 'width' | 'height'>): string {
  return width === null || height === null
    ? say(GALLERY.sizeUnknown)
    : say(GALLERY.size, { width: `${width}`, height: `${height}` });
}

/** A moment in the time zone of whoever looks. */
export function timeOf(text: string): string {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? text : format().format(at);
}

function format(): Intl.DateTimeFormat {
  const known = formats.get(language.value);
  if (known) return known;
  const made = new Intl.DateTimeFormat(language.value, { dateStyle: 'medium', timeStyle: 'short' });
  formats.set(language.value, made);
  return made;
}

/** One a language: making one takes longer than rendering a cell. */
const formats = new Map<string, Intl.DateTimeFormat>();
