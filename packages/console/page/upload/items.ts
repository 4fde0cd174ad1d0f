import type { SlotName } from '@coupon-media/prepare';
import { batch, type Signal, signal } from '@preact/signals';
import type { ServerProblem } from '../server/problem.js';
import type { Preparation, Uploaded } from '../server/upload.js';
import { type Look, lookAt } from './look.js';

/** A file of the list. Its parts change by themselves, so that one row is drawn again and not the list. */
export interface Item {
  readonly id: number;
  /** Undefined after a reload, until the file is given once more: no bytes of it are kept in the browser. */
  readonly file: Signal<File | undefined>;
  readonly path: string;
  /** Of the file, which may be another one once it was chosen again. */
  readonly bytes: Signal<number>;
  readonly slot: Signal<SlotName>;
  /** The coupon that it belongs to, by the name that a CSV gave; empty without one. */
  readonly coupon: Signal<string>;
  /** Its place among the images of a coupon: rows of a CSV come in their order, all else in the order of the list. */
  readonly place: Signal<number>;
  /** How it is made to fit, where that was chosen by hand. */
  readonly preparation: Signal<Preparation>;
  /** `looking`, then what was seen; undefined if the file cannot be read. */
  readonly look: Signal<Look | 'looking' | undefined>;
  /** An address of the thumbnail, within this page. */
  readonly thumbnail: Signal<string | undefined>;
  /** Changed by `move` alone, which counts. */
  readonly state: Signal<ItemState>;
}

export type ItemState =
  /** The list has its name, and the page has not its file. */
  | { readonly at: 'missing' }
  | { readonly at: 'ready' }
  /** `problem`: why it waits, if the server said so. */
  | { readonly at: 'waiting'; readonly problem?: ServerProblem }
  /** Bytes that were sent so far. */
  | { readonly at: 'sending'; readonly sent: number }
  | { readonly at: 'done'; readonly result: Uploaded }
  | { readonly at: 'failed'; readonly problem: ServerProblem };

/** Where the places begin that rows of a CSV give: after all that no table names. */
export const PLACES_OF_TABLE = 1_000_000;

export type Counts = Readonly<Record<ItemState['at'], number>>;

export const items = signal<readonly Item[]>([]);
/** How many items are where. Kept by each change, since counting ten thousand at each would hold the page up. */
export const counts = signal<Counts>(noItems());
/** What files that are added are for. */
export const slotOfNew = signal<SlotName>('background');

/** Puts items at the end of the list, and looks at their files. */
export function insert(added: readonly Item[]): void {
  batch(() => {
    items.value = [...items.peek(), ...added];
    for (const { state } of added) count(state.peek().at, 1);
  });
  for (const item of added) if (item.file.peek()) void see(item);
}

/** Gives an item its file, or another one in its place. */
export function replaceFile(item: Item, file: File): void {
  forget(item);
  batch(() => {
    item.file.value = file;
    item.bytes.value = file.size;
    item.look.value = 'looking';
    item.thumbnail.value = undefined;
    move(item, { at: 'ready' });
  });
  void see(item);
}

/** Where an item is, from now on. */
export function move({ state }: Item, to: ItemState): void {
  const { at } = state.peek();
  batch(() => {
    state.value = to;
    if (at === to.at) return;
    count(at, -1);
    count(to.at, 1);
  });
}

export function remove(item: Item): void {
  forget(item);
  removed.add(item);
  items.value = items.peek().filter((one) => one !== item);
  count(item.state.peek().at, -1);
}

export function clear(): void {
  for (const item of items.peek()) {
    forget(item);
    removed.add(item);
  }
  items.value = [];
  counts.value = noItems();
}

/** An item that is not in the list yet. */
export function itemOf(
  { file, path }: { readonly file?: File; readonly path: string },
  bytes: number = file?.size ?? 0,
): Item {
  made += 1;
  return {
    ...{ id: made, path },
    file: signal(file),
    bytes: signal(bytes),
    slot: signal(slotOfNew.peek()),
    coupon: signal(''),
    place: signal(made),
    preparation: signal({}),
    look: signal(file && 'looking'),
    thumbnail: signal(undefined),
    state: signal<ItemState>({ at: file ? 'ready' : 'missing' }),
  };
}

let made = 0;

/** Asked of each of ten thousand items, which would otherwise each be looked for among all. */
const removed = new WeakSet<Item>();

async function see(item: Item): Promise<void> {
  const file = item.file.peek();
  const look = file && (await lookAt(file));
  if (item.file.peek() !== file) return;
  // It may have been removed meanwhile, and an address that nobody gives back is kept as long as the page.
  if (look?.thumbnail && !removed.has(item)) item.thumbnail.value = URL.createObjectURL(look.thumbnail);
  item.look.value = look;
}

function forget({ thumbnail }: Item): void {
  if (thumbnail.peek() !== undefined) URL.revokeObjectURL(thumbnail.peek() ?? '');
}

function count(at: ItemState['at'], change: number): void {
  const now = counts.peek();
  counts.value = { ...now, [at]: now[at] + change };
}

function noItems(): Counts {
  return { missing: 0, ready: 0, waiting: 0, sending: 0, done: 0, failed: 0 };
}
