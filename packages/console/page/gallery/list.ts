import { computed, signal } from '@preact/signals';
import { type ImageOfAccount, listImages } from '../server/images.js';
import { followImages } from '../server/news.js';
import type { ServerProblem } from '../server/problem.js';
import { type Filter, filter, isNewestFirst, queryOf } from './filter.js';

/** Images of one request. */
const PAGE = 200;

/** What was loaded of the images that are looked for, in their order. */
export const images = signal<readonly ImageOfAccount[]>([]);
/** Whether all of them were loaded. */
export const isWhole = signal(false);
export const isLoading = signal(false);
/** Why the next page is not there. */
export const trouble = signal<ServerProblem | undefined>(undefined);
/** What got its URL since, the newest first, and is not shown so that nothing moves under the reader's eyes. */
const news = signal<readonly ImageOfAccount[]>([]);
/** Images beyond which what came since is not kept: then the list begins again, so that it does not grow for as long as it is open. */
const MOST_NEWS = 5 * PAGE;
/** How many came since the list was begun. */
const came = signal(0);
const shownOfThem = signal(0);
export const newsCount = computed(() => came.value - shownOfThem.value);

let next: string | undefined;
let loading = new AbortController();
let following: AbortController | undefined;

/** Looks from the beginning. */
export function look(wanted: Filter): void {
  filter.value = wanted;
  loading.abort();
  loading = new AbortController();
  next = undefined;
  images.value = [];
  news.value = [];
  came.value = 0;
  shownOfThem.value = 0;
  isWhole.value = false;
  isLoading.value = false;
  trouble.value = undefined;
  void loadMore();
}

/** Loads the next page, unless one is on its way or all are there. */
export async function loadMore(): Promise<void> {
  if (isLoading.value || isWhole.value) return;
  isLoading.value = true;
  const { signal } = loading;
  const query = { ...queryOf(filter.value), limit: `${PAGE}`, ...(next !== undefined && { cursor: next }) };
  const answer = await listImages(query, signal).catch(() => undefined);
  if (signal.aborted || !answer) return;
  isLoading.value = false;
  trouble.value = 'code' in answer ? answer : undefined;
  if ('code' in answer) {
    if (answer.again !== undefined) setTimeout(() => !signal.aborted && void loadMore(), answer.again);
    return;
  }
  next = answer.next;
  images.value = [...images.value, ...answer.images];
  isWhole.value = next === undefined;
}

/** Shows what came since. */
export function showNews(): void {
  if (came.value > MOST_NEWS) {
    look(filter.value);
    return;
  }
  shownOfThem.value = came.value;
  const keys = new Set(news.value.map(keyOf));
  images.value = [...news.value, ...images.value.filter((image) => !keys.has(keyOf(image)))];
  news.value = [];
}

/** Follows what gets its URL, until the room is left. @param isAtTop whether what is new can be shown at once */
export function follow(isAtTop: () => boolean): () => void {
  following?.abort();
  following = new AbortController();
  void followImages((image) => {
    if (!isNewestFirst(filter.value) || !matches(image, filter.value)) return;
    // An image that comes once more is shown once, where it is newest.
    const others = news.value.filter((one) => keyOf(one) !== keyOf(image));
    if (others.length === news.value.length) came.value += 1;
    news.value = came.value > MOST_NEWS ? [] : [image, ...others];
    if (isAtTop()) showNews();
  }, following.signal);
  return () => following?.abort();
}

function matches(image: ImageOfAccount, wanted: Filter): boolean {
  const { caller, pixels, since } = queryOf(wanted);
  if (caller !== undefined && image.caller !== caller) return false;
  if (pixels !== undefined && `${image.width}x${image.height}` !== pixels) return false;
  return since === undefined || Date.parse(image.uploaded_at) >= Date.parse(since);
}

function keyOf({ endpoint, sha256 }: ImageOfAccount): string {
  return `${endpoint} ${sha256}`;
}
