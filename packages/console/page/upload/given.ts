import { signal } from '@preact/signals';
import { type Gathered, type GatheredFile, MOST_FILES } from './gather.js';
import { type Item, insert, itemOf, items, replaceFile } from './items.js';

/** What of the last files did not come into the list, and why. */
export interface LeftOut {
  /** Whether they were more than the list may have. */
  readonly isTooMuch: boolean;
  /** Paths that could not be read, at most a few of them, and how many there are. */
  readonly unread: readonly string[];
  readonly unreadInAll: number;
  /** Whether there was no file at all. */
  readonly isNothing: boolean;
}

export const leftOut = signal<LeftOut | undefined>(undefined);

/** Takes files: those that are asked for go where they are lacking, and the others to the end of the list. */
export function add({ files, unread }: Gathered, images: readonly GatheredFile[]): void {
  const lacking = itemsWithoutFile();
  const others = images.filter((given) => {
    const found = lacking(given);
    for (const item of found) replaceFile(item, given.file);
    return found.length === 0;
  });
  const room = MOST_FILES - items.peek().length;
  leftOut.value = {
    isTooMuch: others.length > room,
    unread: unread.slice(0, SHOWN),
    unreadInAll: unread.length,
    isNothing: files.length + unread.length === 0,
  };
  insert(others.slice(0, room).map((given) => itemOf(given)));
}

const SHOWN = 10;

/**
 * Two folders may have files of one name and one size, as BMPs of the same pixels have.
 *
 * @returns what finds the items that lack a given file: those of its path, else those of one path that ends in its name
 */
function itemsWithoutFile(): (given: GatheredFile) => readonly Item[] {
  const byPath = new Map<string, Item[]>();
  const byName = new Map<string, Item[]>();
  for (const item of items.peek()) {
    if (!isWithoutFile(item)) continue;
    for (const [map, key] of [
      [byPath, item.path],
      [byName, nameOf(item.path)],
    ] as const) {
      const same = map.get(key);
      if (same) same.push(item);
      else map.set(key, [item]);
    }
  }
  return ({ file, path }) => {
    const suits = (item: Item) =>
      isWithoutFile(item) && (item.state.peek().at !== 'missing' || item.bytes.peek() === file.size);
    const same = (byPath.get(path) ?? []).filter(suits);
    if (same.length > 0) return same;
    const alike = (byName.get(nameOf(path)) ?? []).filter(suits);
    return alike.filter((item) => item.path === alike[0]?.path);
  };
}

/** After a reload the page has no file, and one that was changed or moved can be read no more; it may have another size now. */
function isWithoutFile({ look, state }: Item): boolean {
  const now = state.peek();
  if (now.at === 'missing') return true;
  if (now.at === 'failed' && now.problem.code === 'changed') return true;
  return (now.at === 'ready' || now.at === 'failed') && look.peek() === undefined;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
