/** What the address said when the search was asked for before its room was there. */
let askedAt: string | undefined;
/** What the address said when the room that is shown came. */
let shownAt: string | undefined;

/** Focuses the search of the room that the address names: at once, or when the room is there. */
export function focusSearch(): void {
  const field = shownAt === location.hash ? searchField() : null;
  if (field) field.focus();
  else askedAt = location.hash;
}

/** Nobody waits for the search any more: another key was pressed, or something was pointed at. */
export function forgetSearch(): void {
  askedAt = undefined;
}

/**
 * Says that what the address names is drawn.
 *
 * @returns whether the focus went to its search, for which somebody waited
 */
export function roomIsShown(): boolean {
  shownAt = location.hash;
  const field = askedAt === shownAt ? searchField() : null;
  if (!field) return false;
  forgetSearch();
  field.focus();
  return true;
}

/** A room that has more than one way to search has the choice of it first, and the field only once there is something to type. */
function searchField(): HTMLElement | null {
  return (
    document.querySelector<HTMLElement>('main input[type="search"]') ??
    document.querySelector('main search select')
  );
}
