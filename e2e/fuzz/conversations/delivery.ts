import type { Random } from '../random.js';

/** How the bytes of a conversation go over the wire. */
export interface Delivery {
  /** How it is called in the report. */
  steps: string[];
  /** Bytes that are sent: all of the requests, or not. */
  length: number;
  /** What follows the last request and is none. */
  excess: Buffer;
  /** Where a write ends, in order, and the milliseconds until the next one. */
  cuts: { at: number; pause: number }[];
  ending: TalkEnding;
  /** Milliseconds before anything that came back is read; undefined: never. */
  readsAfter: number | undefined;
}

/**
 * What is done when all is sent: wait for the answers; say that there is no more; break the connection off, at once or when something
 * has come back.
 */
export type TalkEnding = 'wait' | 'half-close' | 'reset' | 'reset later';

/** @param whole the bytes of all requests */
export function makeDelivery(whole: Buffer, random: Random): Delivery {
  const delivery: Delivery = {
    ...{ steps: [], length: whole.length, excess: Buffer.alloc(0), cuts: [] },
    ...{ ending: random.pick<TalkEnding>(['wait', 'wait', 'half-close']), readsAfter: 0 },
  };
  apply(CUTS, delivery, whole, random);
  if (random.once(3)) apply(ENDS, delivery, whole, random);
  if (random.once(6)) apply(READS, delivery, whole, random);
  delivery.cuts = delivery.cuts
    .filter(({ at }) => at > 0 && at < delivery.length)
    .sort((a, b) => a.at - b.at);
  return delivery;
}

type Step = readonly [name: string, change: (delivery: Delivery, whole: Buffer, random: Random) => void];

function apply(steps: readonly Step[], delivery: Delivery, whole: Buffer, random: Random): void {
  const [name, change] = random.pick(steps);
  change(delivery, whole, random);
  delivery.steps.push(name);
}

const CUTS: readonly Step[] = [
  ['in one write', () => {}],
  [
    'cut anywhere',
    (delivery, whole, random) => {
      for (let more = random.below(12); more >= 0; more -= 1)
        delivery.cuts.push({ at: random.below(whole.length), pause: random.pick([0, 0, 1, 15]) });
    },
  ],
  [
    'cut around a boundary',
    (delivery, whole, random) => {
      const seams = seamsOf(whole);
      for (let more = random.below(6); more >= 0; more -= 1)
        delivery.cuts.push({ at: random.pick(seams) + random.below(5) - 2, pause: random.pick([0, 5]) });
    },
  ],
  [
    'a pause at every boundary',
    (delivery, whole, random) => {
      const pause = random.pick([0, 1, 3]);
      for (const at of some(seamsOf(whole), 60, random)) delivery.cuts.push({ at, pause });
    },
  ],
  [
    'a byte at a time',
    (delivery, whole, random) => {
      const seam = random.pick(seamsOf(whole));
      for (let at = seam - 150; at < seam + 150; at += 1) delivery.cuts.push({ at, pause: 0 });
    },
  ],
];

/** What is no request, whatever stands before it. */
const EXCESS = ['garbage\r\n\r\n', '\0\0\0\0\r\n\r\n', '--boundary--\r\n', '{"a":1}\n\n', 'GET\r\n\r\n'];

const ENDS: readonly Step[] = [
  [
    'excess bytes',
    (delivery, _, random) => {
      delivery.excess = Buffer.from(random.pick(EXCESS));
    },
  ],
  [
    'cut off, half-closed',
    (delivery, whole, random) => {
      delivery.length = random.below(whole.length) + 1;
      delivery.ending = 'half-close';
    },
  ],
  [
    'cut off, reset',
    (delivery, whole, random) => {
      delivery.length = random.below(whole.length) + 1;
      delivery.ending = random.pick<TalkEnding>(['reset', 'reset later']);
    },
  ],
  [
    'reset',
    (delivery, _, random) => {
      delivery.ending = random.pick<TalkEnding>(['reset', 'reset later']);
    },
  ],
];

const READS: readonly Step[] = [
  [
    'read late',
    (delivery, _, random) => {
      delivery.readsAfter = 20 + random.below(300);
    },
  ],
  [
    'never read',
    (delivery) => {
      delivery.readsAfter = undefined;
      delivery.ending = 'reset later';
    },
  ],
];

/** Where a line ends, and at its middle; the beginning where there is none. */
function seamsOf(whole: Buffer): number[] {
  const seams: number[] = [];
  for (let at = whole.indexOf('\r\n'); at >= 0 && seams.length < 4000; at = whole.indexOf('\r\n', at + 2))
    seams.push(at, at + 1, at + 2);
  return seams.length > 0 ? seams : [0];
}

function some(list: readonly number[], most: number, random: Random): number[] {
  const every = Math.ceil(list.length / most);
  const first = random.below(every);
  return list.filter((_, index) => index % every === first);
}
