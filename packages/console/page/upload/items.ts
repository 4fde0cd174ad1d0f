import type { SlotName } from '@coupon-media/prepare';
import { computed, type Signal, signal } from '@preact/signals';
import type { ServerProblem } from '../server/problem.js';
import type { Uploaded } from '../server/upload.js';
import { type GatheredFile, MOST_FILES } from './gather.js';
import { type Look, lookAt } from './look.js';

/** A file of the list. Its parts change by themselves, so that one row is drawn again and not the list. */
export interface Item {
  readonly id: number;
  readonly file: File;
  readonly path: string;
  readonly slot: Signal<SlotName>;
  /** `looking`, then what was seen; undefined if the file cannot be read. */
  readonly look: Signal<Look | 'looking' | undefined>;
  /** An address of the thumbnail, within this page. */
  readonly thumbnail: Signal<string | undefined>;
  readonly state: Signal<ItemState>;
}

export type ItemState =
  | { readonly at: 'ready' }
  /** `problem`: why it waits, if the server said so. */
  | { readonly at: 'waiting'; readonly problem?: ServerProblem }
  /** Bytes that were sent so far. */
  | { readonly at: 'sending'; readonly sent: number }
  | { readonly at: 'done'; readonly result: Uploaded }
  | { readonly at: 'failed'; readonly problem: ServerProblem };

export const items = signal<readonly Item[]>([]);
/** What files that are added are for. */
export const slotOfNew = signal<SlotName>('background');
/** Whether the last files were more than one gesture may bring. */
export const wereTooMany = signal(false);

export const counts = computed(() => {
  const at = (state: ItemState['at']) => items.value.filter((item) => item.state.value.at === state).length;
  return {
    all: items.value.length,
    done: at('done'),
    failed: at('failed'),
    busy: at('waiting') + at('sending'),
  };
});

export function add(files: readonly GatheredFile[]): void {
  wereTooMany.value = files.length > MOST_FILES;
  const added = files.slice(0, MOST_FILES).map(itemOf);
  items.value = [...items.value, ...added];
  for (const item of added) void see(item);
}

export function remove(item: Item): void {
  forget(item);
  items.value = items.value.filter((one) => one !== item);
}

export function clear(): void {
  for (const item of items.value) forget(item);
  items.value = [];
}

let made = 0;

function itemOf({ file, path }: GatheredFile): Item {
  return {
    id: ++made,
    file,
    path,
    slot: signal(slotOfNew.value),
    look: signal('looking'),
    thumbnail: signal(undefined),
    state: signal({ at: 'ready' }),
  };
}

async function see(item: Item): Promise<void> {
  const look = await lookAt(item.file);
  // It may have been removed meanwhile, and an address that nobody gives back is kept as long as the page.
  if (look?.thumbnail && items.value.includes(item))
    item.thumbnail.value = URL.createObjectURL(look.thumbnail);
  item.look.value = look;
}

function forget({ thumbnail }: Item): void {
  if (thumbnail.value !== undefined) URL.revokeObjectURL(thumbnail.value);
}
