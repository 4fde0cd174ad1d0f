import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { corpus } from './corpus.js';
import { cut, read } from './reading.js';

const BOUNDARY_CHARACTERS = Array.from(
  "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'()+_,-./:=?",
);
const boundaries = fc.string({ unit: fc.constantFrom(...BOUNDARY_CHARACTERS), minLength: 1, maxLength: 70 });

/** Favours the bytes that a form's own markers consist of. */
const contents = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('\r', '\n', '\r\n', '-', '--', '\r\n--', ' ') },
      { weight: 2, arbitrary: fc.uint8Array({ maxLength: 20 }).map((bytes) => latin1(bytes)) },
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(''));

/** A disposition with a name, as different clients write it. */
const dispositions = fc.record({
  header: fc.constantFrom('Content-Disposition', 'content-disposition', 'CONTENT-DISPOSITION'),
  separator: fc.constantFrom(';', '; ', ' ; ', ';\r\n '),
  quoted: fc.boolean(),
  filename: fc.constantFrom('', 'filename="a; name=\\"x\\".png"', "filename*=UTF-8''a.png", 'filename=b.png'),
  filenameFirst: fc.boolean(),
  trailing: fc.constantFrom('', ';', ' ; '),
});

const parts = fc.array(
  fc.record({
    name: fc.constantFrom('meta', 'file', 'other', 'META'),
    content: contents,
    disposition: dispositions,
    otherHeaders: fc.subarray(['Content-Type: image/png', 'content-length: 5', 'X-Name: name="meta"']),
  }),
  { maxLength: 6 },
);

const forms = fc
  .record({
    boundary: boundaries,
    declared: fc.constantFrom('bare', 'quoted', 'not at all'),
    parts,
    preamble: fc.constantFrom('', 'preamble\r\n', '\r\n'),
    epilogue: fc.constantFrom('', '\r\n', '\r\nepilogue --'),
  })
  // The boundary is chosen so that no part contains it. If nothing declares it, only the line of the first part reveals
  // it.
  .filter(
    ({ boundary, declared, parts }) =>
      !parts.some(({ content }) => `\r\n${content}\r\n`.includes(`\r\n--${boundary}`)) &&
      (declared !== 'not at all' || parts.length > 0),
  );

type Form = typeof forms extends fc.Arbitrary<infer T> ? T : never;

/** Positions of the splits, as fractions of a body. */
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 10 });

describe('a reader', () => {
  test('returns the content of any form, split anywhere', () => {
    fc.assert(
      fc.property(forms, cuts, (form, fractions) => {
        const { parts: found, fault } = read(contentTypeOf(form), chop(bodyOf(form), fractions));
        expect(fault).toBeUndefined();
        expect(found).toEqual(form.parts.map(({ name, content }) => ({ name, content })));
      }),
      { numRuns: 2000 },
    );
  });

  test('accepts any bytes without throwing, and reports no more of them than there were', () => {
    const contentTypes = fc.oneof(
      fc.constantFrom('multipart/form-data', 'multipart/form-data; boundary=b'),
      fc.string({ unit: 'binary-ascii' }).map((text) => `multipart/form-data; ${text}`),
      fc.string({ unit: 'binary-ascii' }),
    );
    const bodies = fc.oneof(contents, fc.uint8Array({ maxLength: 300 }).map(latin1));
    fc.assert(
      fc.property(contentTypes, bodies, cuts, (contentType, body, fractions) => {
        const told = read(contentType, chop(Buffer.from(body, 'latin1'), fractions));
        expect(lengthOf(told.parts)).toBeLessThanOrEqual(body.length);
      }),
      { numRuns: 2000 },
    );
  });

  test('reads a damaged form in the same way for any split, and never throws', () => {
    const damage = fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        removed: fc.nat(4),
        put: fc.oneof(contents, fc.constantFrom('"', ';', '\\', ':', 'name=', '\0')),
      }),
      { minLength: 1, maxLength: 4 },
    );
    const small = corpus.filter(({ body }) => body.length < 1000);
    fc.assert(
      fc.property(fc.constantFrom(...small), damage, cuts, ({ contentType, body }, damages, fractions) => {
        const damaged = damages.reduce(damagedBy, body);
        const whole = read(contentType, [damaged]);
        expect(read(contentType, chop(damaged, fractions))).toEqual(whole);
        expect(lengthOf(whole.parts)).toBeLessThanOrEqual(damaged.length);
      }),
      { numRuns: 3000 },
    );
  });

  test('returns views of its input: no byte of a file is copied', () => {
    const file = Buffer.alloc(100_000, 'image');
    const head = 'Content-Disposition: form-data; name="file"';
    const body = Buffer.concat([Buffer.from(`--b\r\n${head}\r\n\r\n`), file, Buffer.from('\r\n--b--')]);
    const views: boolean[] = [];
    const { parts: found } = read('multipart/form-data; boundary=b', cut(body, 30_000, 60_000), (bytes) =>
      views.push(bytes.buffer === body.buffer),
    );
    expect(found[0]?.content.length).toBe(file.length);
    expect(views).toEqual([true, true, true]);
  });
});

function contentTypeOf({ boundary, declared }: Form): string {
  const text = declared === 'quoted' ? `"${boundary}"` : boundary;
  return `multipart/form-data${declared === 'not at all' ? '' : `; boundary=${text}`}`;
}

function bodyOf({ boundary, parts, preamble, epilogue }: Form): Buffer {
  const pieces = parts.map(
    ({ name, content, disposition, otherHeaders }) =>
      `--${boundary}\r\n${[...otherHeaders, headerOf(name, disposition)].join('\r\n')}\r\n\r\n${content}\r\n`,
  );
  return Buffer.from(`${preamble}${pieces.join('')}--${boundary}--${epilogue}`, 'latin1');
}

function headerOf(
  name: string,
  { header, separator, quoted, filename, filenameFirst, trailing }: Form['parts'][number]['disposition'],
): string {
  const parameters = [`name=${quoted ? `"${name}"` : name}`, ...(filename === '' ? [] : [filename])];
  if (filenameFirst) parameters.reverse();
  return `${header}: form-data${parameters.map((parameter) => separator + parameter).join('')}${trailing}`;
}

function chop(body: Buffer, fractions: number[]): Buffer[] {
  const offsets = fractions.map((fraction) => Math.floor(fraction * body.length));
  return cut(body, ...offsets.sort((a, b) => a - b));
}

function damagedBy(body: Buffer, { at, removed, put }: { at: number; removed: number; put: string }): Buffer {
  const offset = Math.floor(at * body.length);
  return Buffer.concat([
    body.subarray(0, offset),
    Buffer.from(put, 'latin1'),
    body.subarray(offset + removed),
  ]);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function lengthOf(parts: { content: string }[]): number {
  return parts.reduce((sum, { content }) => sum + content.length, 0);
}
