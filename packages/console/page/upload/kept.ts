import type { SlotName } from '@coupon-media/prepare';
import { effect, signal } from '@preact/signals';
import type { Preparation, Uploaded } from '../server/upload.js';
import { counts, type Item, insert, itemOf, items, PLACES_OF_TABLE } from './items.js';

/**
 * The list outlives a reload: names, sizes, slots and URLs, and no byte of an image. It is kept for this tab alone, so that two tabs
 * do not write over each other's list. What was not sent is asked for by its name.
 */
export function keepList(): void {
  insert(readKept().map(restored));
  let isDue = false;
  effect(() => {
    // Whatever changes the list or where an item is; slots and crops are written with the next such change, or at the end.
    void [items.value, counts.value];
    if (isDue) return;
    isDue = true;
    setTimeout(() => {
      isDue = false;
      write();
    }, 1000);
  });
  addEventListener('pagehide', write);
  addEventListener('beforeunload', (event) => {
    const { failed, ready, sending, waiting } = counts.peek();
    if (failed + ready + sending + waiting > 0) event.preventDefault();
  });
}

/** Whether the browser refused to keep the list: it is full, or forbids storage. */
export const isUnkept = signal(false);

const KEY = 'coupon-media.list';

interface KeptItem {
  readonly path: string;
  readonly bytes: number;
  readonly slot: SlotName;
  readonly coupon: string;
  readonly place: number;
  readonly preparation: Preparation;
  readonly result?: Uploaded;
}

function write(): void {
  try {
    if (items.peek().length === 0) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, JSON.stringify(items.peek().map(keptOf)));
    isUnkept.value = false;
  } catch {
    isUnkept.value = true;
  }
}

function keptOf({ bytes, coupon, path, place, preparation, slot, state }: Item): KeptItem {
  const now = state.peek();
  return {
    ...{ path, bytes: bytes.peek(), slot: slot.peek(), coupon: coupon.peek(), place: place.peek() },
    preparation: preparation.peek(),
    ...(now.at === 'done' && { result: now.result }),
  };
}

/** @returns nothing if the text is not what this page writes */
function readKept(): readonly KeptItem[] {
  try {
    const list: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
    return Array.isArray(list) ? list.filter(isKept) : [];
  } catch {
    return [];
  }
}

function isKept(value: Partial<KeptItem> | null): value is KeptItem {
  return typeof value?.path === 'string' && typeof value.bytes === 'number' && SLOTS.has(value.slot ?? '');
}

const SLOTS: ReadonlySet<string> = new Set<SlotName>(['icon', 'background', 'detail']);

function restored({ bytes, coupon, path, place, preparation, result, slot }: KeptItem): Item {
  const item = itemOf({ path }, bytes);
  item.slot.value = slot;
  item.coupon.value = coupon ?? '';
  // Places in the list are given again, so that what is added later comes after all that was kept.
  if (place >= PLACES_OF_TABLE) item.place.value = place;
  item.preparation.value = preparation ?? {};
  if (result) item.state.value = { at: 'done', result };
  return item;
}
