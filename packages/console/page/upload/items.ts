import type { SlotName } from '@coupon-media/prepare';
import { batch, type Signal, signal } from '@preact/signals';
import type { ServerProblem } from '../server/problem.js';
import type { Preparation, Uploaded } from '../server/upload.js';
import { type GatheredFile, MOST_FILES } from './gather.js';
import { type Look, lookAt } from './look.js';

/** A file of the list. Its parts change by themselves, so that one row is drawn again and not the list. */
export interface Item {
  readonly id: number;
  /** Undefined after a reload, until the file is given once more: no bytes of it are kept in the browser. */
  readonly file: Signal<File | undefined>;
  readonly path: string;
  /** Of the file. */
  readonly bytes: number;
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
/** Whether the last files were more than the list may have. */
export const wereTooMany = signal(false);

export function add(files: readonly GatheredFile[]): void {
  const missing = missingByName();
  const others = files.filter((given) => !isWanted(given, missing));
  const room = MOST_FILES - items.peek().length;
  wereTooMany.value = others.length > room;
  insert(others.slice(0, room).map((given) => itemOf(given)));
}

/** Puts items at the end of the list, and looks at their files. */
export function insert(added: readonly Item[]): void {
  batch(() => {
    items.value = [...items.peek(), ...added];
    for (const { state } of added) count(state.peek().at, 1);
  });
  for (const item of added) if (item.file.peek()) void see(item);
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
  items.value = items.peek().filter((one) => one !== item);
  count(item.state.peek().at, -1);
}

export function clear(): void {
  for (const item of items.peek()) forget(item);
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
    ...{ id: made, path, bytes },
    file: signal(file),
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

/** The items whose files are asked for, by name and size: ten thousand files must not each look through ten thousand items. */
function missingByName(): ReadonlyMap<string, readonly Item[]> {
  const found = new Map<string, Item[]>();
  for (const item of items.peek()) {
    if (item.state.peek().at !== 'missing') continue;
    const key = keyOf(item.path, item.bytes);
    const same = found.get(key);
    if (same) same.push(item);
    else found.set(key, [item]);
  }
  return found;
}

function keyOf(path: string, bytes: number): string {
  return `${bytes} ${path.slice(path.lastIndexOf('/') + 1)}`;
}

/**
 * Gives a file that was asked for by name to the items that lack it: those of its path, else those of one path that ends in its name.
 * Two folders may have files of one name and one size, as BMPs of the same pixels have.
 *
 * @returns whether there was one
 */
function isWanted({ file, path }: GatheredFile, missing: ReadonlyMap<string, readonly Item[]>): boolean {
  const alike = (missing.get(keyOf(path, file.size)) ?? []).filter(
    ({ state }) => state.peek().at === 'missing',
  );
  const its = alike.some((item) => item.path === path) ? path : alike[0]?.path;
  const wanted = alike.filter((item) => item.path === its);
  for (const item of wanted) {
    item.file.value = file;
    item.look.value = 'looking';
    move(item, { at: 'ready' });
    void see(item);
  }
  return wanted.length > 0;
}

async function see(item: Item): Promise<void> {
  const file = item.file.peek();
  const look = file && (await lookAt(file));
  // It may have been removed meanwhile, and an address that nobody gives back is kept as long as the page.
  if (look?.thumbnail && items.peek().includes(item))
    item.thumbnail.value = URL.createObjectURL(look.thumbnail);
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
