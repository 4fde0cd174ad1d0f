import { acceptableFilename, mediaTypes } from '@coupon-media/apiv3';
import { effect, signal, untracked } from '@preact/signals';
import type { ServerProblem } from '../server/problem.js';
import { isEntered } from '../server/session.js';
import { type ImageToSend, type Uploaded, uploadImage } from '../server/upload.js';
import { type Item, items } from './items.js';
import { findingsOf, isSendable } from './verdict.js';

export const isPaused = signal(false);
/** Whether the server makes images fit before it uploads them. */
export const isToBePrepared = signal(true);

/** Uploads at a time: one that is on its way, one that is prepared, one that waits for its turn. */
const LANES = 3;

/** Queues what was not uploaded yet, and begins. */
export function send(which: (item: Item) => boolean = ({ state }) => state.value.at === 'ready'): void {
  for (const item of items.value) if (which(item) && canBeSent(item)) item.state.value = { at: 'waiting' };
  isPaused.value = false;
  fill();
}

export function retry(): void {
  send(({ state }) => state.value.at === 'failed');
}

/** Nothing new begins; what is on its way arrives. */
export function pause(): void {
  isPaused.value = true;
}

export function goOn(): void {
  isPaused.value = false;
  fill();
}

/** Stops what is on its way, too. An image that arrived all the same is found again when it is sent the next time. */
export function cancel(): void {
  ending.abort(new DOMException('cancelled', 'AbortError'));
  ending = new AbortController();
  for (const { state } of items.value) {
    if (state.value.at === 'waiting' || state.value.at === 'sending') state.value = { at: 'ready' };
  }
}

/** @returns whether sending it makes sense, as far as is seen; a file that is still looked at waits */
function canBeSent({ file, look, slot }: Item): boolean {
  const seen = look.value;
  if (seen === 'looking' || seen === undefined) return false;
  return isSendable(findingsOf(seen, file.size, slot.value), isToBePrepared.value);
}

let ending = new AbortController();
let lanes = 0;
/** Until when nothing is sent, because the server asked for it; by the page's clock. */
let heldUntil = 0;

// A session that ended in the middle goes on with the next token, and a network that returns is tried at once.
effect(() => {
  if (isEntered.value) untracked(fill);
});
addEventListener('online', () => {
  heldUntil = 0;
  fill();
});

function fill(): void {
  while (lanes < LANES && next() !== undefined) void lane();
}

function next(): Item | undefined {
  if (isPaused.peek() || !isEntered.peek()) return undefined;
  return items.peek().find(({ state }) => state.peek().at === 'waiting');
}

async function lane(): Promise<void> {
  lanes += 1;
  try {
    for (let item = next(); item !== undefined; item = next()) {
      const hold = heldUntil - performance.now();
      if (hold > 0) await pass(hold);
      else await sendOne(item);
    }
  } finally {
    lanes -= 1;
  }
}

function pass(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.min(milliseconds, 1000)));
}

async function sendOne(item: Item): Promise<void> {
  const { state } = item;
  const { signal } = ending;
  state.value = { at: 'sending', sent: 0 };
  try {
    const answer = await uploadImage(imageOf(item), signal, (sent) => {
      if (!signal.aborted) state.value = { at: 'sending', sent };
    });
    if (!signal.aborted) state.value = stateAfter(answer);
  } catch (error) {
    // Cancelled: it is ready again, which was said already.
    if (!signal.aborted) throw error;
  }
}

function stateAfter(answer: Uploaded | ServerProblem): Item['state']['value'] {
  if (!('code' in answer)) return { at: 'done', result: answer };
  if (!isEntered.peek()) return { at: 'waiting', problem: answer };
  if (answer.again === undefined) return { at: 'failed', problem: answer };
  heldUntil = performance.now() + answer.again;
  return { at: 'waiting', problem: answer };
}

function imageOf({ file, look, path, slot }: Item): ImageToSend {
  const seen = look.peek();
  const image = seen === 'looking' ? undefined : seen?.image;
  const kind = typeof image === 'object' ? image.kind : undefined;
  const name = path.split('/').at(-1) ?? file.name;
  return {
    file,
    filename: kind === undefined ? name : acceptableFilename(name, kind),
    type: kind === undefined ? 'application/octet-stream' : mediaTypes[kind],
    slot: slot.peek(),
    isToBePrepared: isToBePrepared.peek(),
  };
}
