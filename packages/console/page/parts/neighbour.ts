/**
 * The same control of the row below, or above: where the focus goes when a row goes, so that whoever works by the keyboard stays where
 * they were.
 *
 * @param control the last button of its row
 */
export function neighbourOf(control: HTMLElement): HTMLElement | null {
  const row = control.closest('li');
  const other = row?.nextElementSibling ?? row?.previousElementSibling;
  return other?.querySelector<HTMLElement>(':scope > button:last-child') ?? null;
}
