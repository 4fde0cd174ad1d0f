import { acceptableFilename, mediaTypes } from '@coupon-media/apiv3';
import { batch, effect, signal, untracked } from '@preact/signals';
import { type ServerProblem, unfit } from '../server/problem.js';
import { isEntered } from '../server/session.js';
import { type ImageToSend, type Uploaded, uploadImage } from '../server/upload.js';
import { arrivedAgain, heldFor, hold, release } from './hold.js';
import { type Item, type ItemState, items, move } from './items.js';
import { arrived, begin } from './rate.js';
import { findingsOf, isSendable } from './verdict.js';

export const isPaused = signal(false);
/** Whether the server makes images fit before it uploads them. */
export const isToBePrepared = signal(true);

/** Uploads at a time: one that is on its way, one that is prepared, one that waits for its turn. */
const LANES = 3;

/** Queues what was not uploaded yet, and begins. What is still looked at has its turn once it was seen. */
export function send(which: ItemState['at'] = 'ready'): void {
  batch(() => {
    for (const item of items.peek()) {
      if (item.state.peek().at !== which) continue;
      move(item, { at: 'waiting' });
      queue.push(item);
    }
  });
  begin();
  isPaused.value = false;
  fill();
}

export function retry(): void {
  send('failed');
}

/** Nothing new begins; what is on its way arrives. */
export function pause(): void {
  isPaused.value = true;
}

export function goOn(): void {
  begin();
  isPaused.value = false;
  fill();
}

/** Stops what is on its way, too. An image that arrived all the same is found again when it is sent the next time. */
export function cancel(): void {
  ending.abort(new DOMException('cancelled', 'AbortError'));
  ending = new AbortController();
  queue.length = 0;
  batch(() => {
    for (const item of items.peek()) {
      const { at } = item.state.peek();
      if (at === 'waiting' || at === 'sending') move(item, { at: 'ready' });
    }
  });
}

const queue: Item[] = [];
let ending = new AbortController();
let lanes = 0;

// A session that ended in the middle goes on with the next token, and a network that returns is tried at once.
effect(() => {
  if (isEntered.value) untracked(tryNow);
});
addEventListener('online', tryNow);

function tryNow(): void {
  release();
  fill();
}

function fill(): void {
  if (!isOpen()) return;
  // Counted before: a lane that finds nothing to send is over at once, and would be begun for ever.
  for (let missing = Math.min(LANES, queue.length) - lanes; missing > 0; missing -= 1) void lane();
}

function isOpen(): boolean {
  return !isPaused.peek() && isEntered.peek();
}

/** What was removed or cancelled since it was queued does not wait any more. */
function next(): Item | undefined {
  for (let item = queue.shift(); item; item = queue.shift()) {
    if (item.state.peek().at === 'waiting') return item;
  }
  return undefined;
}

async function lane(): Promise<void> {
  lanes += 1;
  try {
    while (isOpen()) {
      const wait = heldFor();
      if (wait > 0) {
        await pass(wait);
        continue;
      }
      const item = next();
      if (!item) return;
      await untilSeen(item);
      // It may have been paused meanwhile, or cancelled.
      if (!isOpen()) queue.unshift(item);
      else if (item.state.peek().at === 'waiting') await sendOne(item);
    }
  } finally {
    lanes -= 1;
  }
}

function pass(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.min(milliseconds, 1000)));
}

/** Resolves when the file was looked at: before that, neither its type nor its faults are known. */
async function untilSeen({ look }: Item): Promise<void> {
  if (look.peek() !== 'looking') return;
  await new Promise<void>((resolve) => {
    const leave = look.subscribe((now) => {
      if (now === 'looking') return;
      leave();
      resolve();
    });
  });
}

async function sendOne(item: Item): Promise<void> {
  const { signal } = ending;
  const image = imageOf(item);
  if (!image) return move(item, { at: 'failed', problem: unfit() });
  move(item, { at: 'sending', sent: 0 });
  try {
    const answer = await uploadImage(image, signal, (sent) => {
      if (!signal.aborted) move(item, { at: 'sending', sent });
    });
    if (!signal.aborted) settle(item, answer);
  } catch (error) {
    // Cancelled: it is ready again, which was said already.
    if (!signal.aborted) throw error;
  }
}

function settle(item: Item, answer: Uploaded | ServerProblem): void {
  if (!('code' in answer)) {
    move(item, { at: 'done', result: answer });
    arrived();
    arrivedAgain();
    return;
  }
  const isAskedAgain = answer.again !== undefined || !isEntered.peek();
  move(item, { at: isAskedAgain ? 'waiting' : 'failed', problem: answer });
  if (isAskedAgain) queue.push(item);
  if (answer.again !== undefined) hold(answer, answer.again);
}

/** @returns undefined if sending it makes no sense */
function imageOf({ bytes, file: given, look, path, preparation, slot }: Item): ImageToSend | undefined {
  const file = given.peek();
  const seen = look.peek();
  if (!file || !seen || seen === 'looking') return undefined;
  const findings = findingsOf(seen, bytes.peek(), slot.peek());
  if (!isSendable(findings, isToBePrepared.peek())) return undefined;
  const { image } = seen;
  const kind = typeof image === 'object' ? image.kind : undefined;
  const name = path.split('/').at(-1) ?? file.name;
  return {
    file,
    filename: kind === undefined ? name : acceptableFilename(name, kind),
    type: kind === undefined ? 'application/octet-stream' : mediaTypes[kind],
    slot: slot.peek(),
    preparation: isToBePrepared.peek() ? preparation.peek() : undefined,
  };
}
