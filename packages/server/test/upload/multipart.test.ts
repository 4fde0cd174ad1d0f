import { afterAll, describe, expect, test } from 'vitest';
import { type CorpusCase, corpus } from './corpus.js';
import { cut, oneByOne, type Reading, read } from './reading.js';

/** Bodies of up to this many bytes are also fed in every split into three. */
const SMALL = 280;
/** A body is split at every position up to this one. */
const FAR = 4096;

const fed = { whole: 0, 'one byte at a time': 0, 'in two': 0, 'in three': 0 };

afterAll(() => {
  const counts = Object.entries(fed).map(([how, count]) => `${how} ${count}`);
  process.stdout.write(`multipart corpus: ${corpus.length} forms; fed ${counts.join(', ')}\n`);
});

describe.each(corpus)('$name', (form) => {
  test('is read as expected', () => {
    expect(reading(form, 'whole', [form.body])).toEqual(expected(form));
  });

  test('is read in the same way byte by byte', () => {
    expect(reading(form, 'one byte at a time', oneByOne(form.body))).toEqual(expected(form));
  });

  test('is read in the same way in every split into two', () => {
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

/** Forms are compared as text, and with expect only if they differ. Otherwise the comparison would take minutes. */
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

describe('bytes that only begin like a boundary (case A5)', () => {
  const head = '--B\r\nContent-Disposition: form-data; name="file"\r\n\r\n';

  test.each([
    ['a letter', '\r\n--Bx'],
    ['one dash', '\r\n--B-x'],
    ['a dash and an end of line', '\r\n--B-\r\n'],
    ['a space', '\r\n--B x'],
    ['a line end cut short', '\r\n--B \t\rx'],
    ['as many spaces as may be', `\r\n--B${' '.repeat(64)}x`],
    ['one more', `\r\n--B${' '.repeat(65)}\r\n`],
    ['itself', '\r\n--B\r\r\n--B \r\r'],
  ])('with %s: are reported in as many pieces as arrived, and in the same way byte by byte', (_, near) => {
    const content = near.repeat(Math.ceil(20_000 / near.length));
    const body = Buffer.from(`${head}${content}\r\n--B--`);
    const chunks = cut(body, ...Array.from({ length: 9 }, (_, at) => 2000 * (at + 1)));
    let told = 0;
    const reading = read('multipart/form-data; boundary=B', chunks, () => {
      told += 1;
    });
    expect(reading).toEqual({ parts: [{ name: 'file', content }], ended: true, fault: undefined });
    expect(read('multipart/form-data; boundary=B', oneByOne(body))).toEqual(reading);
    // A boundary that begins at the end of a chunk is reported separately.
    expect(told).toBeLessThanOrEqual(chunks.length * 4);
  });

  test('an undeclared boundary is searched for in the first 32 KiB', () => {
    const form = `${head}x\r\n--B--`;
    const from = (lines: number) =>
      read('multipart/form-data', [Buffer.from('\n'.repeat(lines) + form)]).fault;
    expect(from(32_000)).toBeUndefined();
    expect(from(32_768)).toBe('the boundary is missing or illegal');
  });
});
