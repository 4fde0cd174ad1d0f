import { afterAll, describe, expect, test } from 'vitest';
import { type CorpusCase, corpus } from './corpus.js';
import { cut, oneByOne, type Reading, read } from './reading.js';

/** Bodies up to this many bytes are fed in every split into three, too. */
const SMALL = 280;
/** Up to here a body is split everywhere. */
const FAR = 4096;

const fed = { whole: 0, 'one byte at a time': 0, 'in two': 0, 'in three': 0 };

afterAll(() => {
  const counts = Object.entries(fed).map(([how, count]) => `${how} ${count}`);
  process.stdout.write(`multipart corpus: ${corpus.length} forms; fed ${counts.join(', ')}\n`);
});

describe.each(corpus)('$name', (form) => {
  test('is read as it was written', () => {
    expect(reading(form, 'whole', [form.body])).toEqual(expected(form));
  });

  test('is read the same one byte at a time', () => {
    expect(reading(form, 'one byte at a time', oneByOne(form.body))).toEqual(expected(form));
  });

  test('is read the same in every split into two', () => {
    expectSame(form, 'in two', splitsInTwo(form.body));
  });
});

test.each(corpus.filter(({ body }) => body.length <= SMALL))(
  '$name, being small, is read the same in every split into three',
  (form) => {
    expectSame(form, 'in three', splitsInThree(form.body));
  },
);

function reading({ contentType }: CorpusCase, how: keyof typeof fed, chunks: Buffer[]): Reading {
  fed[how] += 1;
  return read(contentType, chunks);
}

function expected({ parts, fault }: CorpusCase): Partial<Reading> {
  return expect.objectContaining({ parts, fault });
}

/** Compared as text, and by expect only where they differ: it would take minutes over all of them. */
function expectSame(form: CorpusCase, how: keyof typeof fed, splits: Iterable<number[]>): void {
  const whole = JSON.stringify(read(form.contentType, [form.body]));
  for (const offsets of splits) {
    const split = JSON.stringify(reading(form, how, cut(form.body, ...offsets)));
    if (split !== whole) expect(split, `cut at ${offsets}`).toBe(whole);
  }
}

function* splitsInTwo({ length }: Buffer): Generator<number[]> {
  for (let at = 0; at <= Math.min(length, FAR); at += 1) yield [at];
}

function* splitsInThree({ length }: Buffer): Generator<number[]> {
  for (let first = 0; first <= length; first += 1) {
    for (let second = first; second <= length; second += 1) yield [first, second];
  }
}
