import type { SlotName } from '@coupon-media/prepare';
import { batch, signal } from '@preact/signals';
import { SLOTS } from '../messages/upload.js';
import { type GatheredFile, MOST_FILES } from './gather.js';
import { type Item, insert, itemOf, items, PLACES_OF_TABLE } from './items.js';
import { readCsv } from './read-csv.js';

/** What a CSV asked for, and what the list has of it. */
export interface Assigned {
  /** Rows that found their file. */
  readonly found: number;
  /** Files that the CSV names and the list has not, at most a few of them, and how many there are. */
  readonly lacking: readonly string[];
  readonly lackingInAll: number;
  /** Rows whose slot is none. */
  readonly unclear: number;
  /** Rows that name an address: nothing is fetched. */
  readonly addresses: number;
  /** Whether the head of the table names no column of files. */
  readonly isUnreadable: boolean;
}

/** What the last CSV gave; undefined without one. */
export const assigned = signal<Assigned | undefined>(undefined);

/** Whether a file is a table that says which file is for which slot and coupon. */
export function isTable({ file }: GatheredFile): boolean {
  return /\.(?:csv|tsv)$/i.test(file.name) && file.size <= MOST_BYTES;
}

/** Takes a table; files that come later are assigned by it, too. */
export async function readTable({ file }: GatheredFile): Promise<void> {
  const [head = [], ...rows] = readCsv(new Uint8Array(await file.arrayBuffer()));
  const columns = columnsOf(head);
  wanted = rows.map((cells, index) => rowOf(cells, columns, index)).filter(({ file }) => file !== '');
  isUnreadable = columns.file === undefined;
  assign();
}

/** Assigns what the last table names: by the path, else by the name alone. */
export function assign(): void {
  if (wanted.length === 0 && !isUnreadable) return;
  const free = new Map<string, Item[]>();
  for (const item of items.peek()) {
    for (const name of new Set([item.path, nameOf(item.path)])) {
      const key = name.toLowerCase();
      const same = free.get(key);
      if (same) same.push(item);
      else free.set(key, [item]);
    }
  }
  const taken = new Set<Item>();
  const copies: Item[] = [];
  const lacking: string[] = [];
  batch(() => {
    for (const row of wanted) {
      const named = free.get(row.file.toLowerCase()) ?? free.get(nameOf(row.file).toLowerCase()) ?? [];
      const item = named.find((one) => !taken.has(one)) ?? copyOf(named[0], copies);
      if (item) {
        taken.add(item);
        give(item, row);
      } else lacking.push(row.file);
    }
  });
  insert(copies);
  assigned.value = {
    found: wanted.length - lacking.length,
    lacking: lacking.slice(0, SHOWN),
    lackingInAll: lacking.length,
    unclear: wanted.filter(({ slot }) => slot === undefined).length,
    addresses: lacking.filter((name) => /^https?:\/\//i.test(name)).length,
    isUnreadable,
  };
}

export function forgetTable(): void {
  wanted = [];
  isUnreadable = false;
  assigned.value = undefined;
}

const MOST_BYTES = 8 * 1024 * 1024;
const SHOWN = 10;

interface WantedRow {
  readonly file: string;
  readonly slot: SlotName | undefined;
  readonly coupon: string;
  readonly place: number;
}

let wanted: readonly WantedRow[] = [];
let isUnreadable = false;

/** One file may be for two places: then it stands in the list twice, as long as the list has room. */
function copyOf(item: Item | undefined, copies: Item[]): Item | undefined {
  const file = item?.file.peek();
  if (!item || !file || items.peek().length + copies.length >= MOST_FILES) return undefined;
  const copy = itemOf({ file, path: item.path });
  copies.push(copy);
  return copy;
}

/** The row that each item was given to: it is given once, so that what people change afterwards stays when more files come. */
const givenTo = new WeakMap<Item, WantedRow>();

/** What is sent or was sent keeps its slot: its URL is made for it. */
function give(item: Item, row: WantedRow): void {
  if (givenTo.get(item) === row) return;
  givenTo.set(item, row);
  const { at } = item.state.peek();
  if (row.slot && row.slot !== item.slot.peek() && at !== 'sending' && at !== 'done') {
    item.slot.value = row.slot;
    // A part that was cut by hand has the shape of the other slot.
    item.preparation.value = {};
  }
  item.coupon.value = row.coupon;
  item.place.value = row.place;
}

type Columns = Readonly<Partial<Record<keyof typeof HEADS, number>>>;

/** Heads as the command line's manifest has them, and the words that people write. */
const HEADS = {
  file: /^(?:file|filename|name|path|文件|文件名|图片)$/i,
  slot: /^(?:slot|use|用途|位置)$/i,
  coupon: /^(?:coupon|group|商品券|券|券名|批次)$/i,
} as const;

function columnsOf(head: readonly string[]): Columns {
  const found = Object.entries(HEADS).map(
    ([name, form]) => [name, head.findIndex((cell) => form.test(cell))] as const,
  );
  return Object.fromEntries(found.filter(([, at]) => at >= 0));
}

function rowOf(cells: readonly string[], columns: Columns, index: number): WantedRow {
  const cell = (name: keyof Columns) => cells[columns[name] ?? -1] ?? '';
  return {
    file: cell('file')
      .replaceAll('\\', '/')
      .replace(/^\.?\//, ''),
    slot: slotOf(cell('slot')),
    coupon: cell('coupon'),
    place: PLACES_OF_TABLE + index,
  };
}

function slotOf(text: string): SlotName | undefined {
  const word = text.toLowerCase();
  // `detail 2`, as the columns of the manifest are called.
  return NAMES.find(
    (name) =>
      word.replace(/[\s_]*\d+$/, '') === name || word.startsWith(SLOTS[name]['zh-CN'].replace(/图$/, '')),
  );
}

const NAMES: readonly SlotName[] = ['icon', 'background', 'detail'];

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
