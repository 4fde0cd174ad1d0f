import { mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { readLedgerText } from '../dist/ledger/format.js';
import { ledgerPath, openLedger, readLedger } from '../dist/ledger/ledger.js';
import { CommandError } from '../dist/shell/failure.js';

const TITLE = { service: 'https://api.mch.weixin.qq.com', merchant: '1900000001' };
const row = (n: number) => ({
  sha256: String(n).padStart(64, '0'),
  imageUrl: `https://img.example/${n}.png`,
  filename: `${n}.png`,
  bytes: n,
  at: '2026-01-01T00:00:00.000Z',
});

let file: string;
beforeEach(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'ledger-'));
  file = path.join(folder, 'deep', 'ledger.jsonl');
  return () => rm(folder, { recursive: true });
});

test('what was added is there again, many at once or one after the other', async () => {
  const ledger = await openLedger(file, TITLE);
  await ledger.reserve();
  await Promise.all(Array.from({ length: 30 }, (_, n) => ledger.add(row(n))));
  await ledger.reserve();
  await ledger.add({ ...row(30), source: 'recipe' });
  expect(ledger.sent(row(7).sha256)?.imageUrl).toBe('https://img.example/7.png');
  await ledger.close();
  const text = await readFile(file, 'utf8');
  expect(text.split('\n').length).toBe(33);
  const again = await readLedger(file, TITLE);
  expect([again.sent(row(29).sha256), again.made('recipe')]).toMatchObject([row(29), row(30)]);
});

test('a row is on the disk as soon as it was added; the room behind it means nothing to the next', async () => {
  const ledger = await openLedger(file, TITLE);
  await ledger.reserve();
  await ledger.add(row(1));
  // The state after a kill: empty lines at the end, and the claim of a process that has ended.
  const killed = await readFile(file);
  await ledger.close();
  expect(killed.length).toBeGreaterThan(60_000);
  await writeFile(file, killed);
  await writeFile(`${file}.lock.999999999.0123456789abcdef.${hostname()}`, '');
  const next = await openLedger(file, TITLE);
  expect(next.sent(row(1).sha256)).toMatchObject(row(1));
  await next.add(row(2));
  await next.close();
  expect((await readFile(file, 'utf8')).split('\n').length).toBe(4);
});

test('wherever a crash tears it, what stands before is kept and what comes after is found', async () => {
  const ledger = await openLedger(file, TITLE);
  await ledger.add(row(1));
  await ledger.add(row(2));
  await ledger.close();
  const whole = await readFile(file);
  for (let at = 0; at <= whole.length; at += 1) {
    await writeFile(file, whole.subarray(0, at));
    const torn = await openLedger(file, TITLE);
    await torn.add(row(3));
    await torn.close();
    const read = await readLedger(file, TITLE);
    expect(read.sent(row(3).sha256), `torn at ${at}`).toMatchObject(row(3));
  }
});

test('in use, of another merchant, or none: refused by its key', async () => {
  const ledger = await openLedger(file, TITLE);
  const other = { ...TITLE, merchant: '2' };
  const claim = `${file}.lock.${process.ppid}.0123456789abcdef.${hostname()}`;
  await writeFile(claim, '');
  await expect(openLedger(file, TITLE)).rejects.toMatchObject({ key: 'ledger.inUse' });
  await rm(claim);
  await ledger.close();
  await expect(openLedger(file, other)).rejects.toMatchObject({ key: 'ledger.another' });
  await expect(readLedger(file, other)).rejects.toMatchObject({ key: 'ledger.another' });
  await writeFile(file, 'name,url\n');
  await expect(openLedger(file, TITLE)).rejects.toMatchObject({ key: 'ledger.notOne' });
  await writeFile(file, 'PK');
  await expect(openLedger(file, TITLE)).rejects.toMatchObject({ key: 'ledger.notOne' });
});

test('its place: among states, a file for each service and merchant; of a local service beside the profile', () => {
  const environment = { XDG_STATE_HOME: '/state' };
  expect(ledgerPath(TITLE, '/etc/shop.json', environment)).toBe(
    '/state/coupon-media/ledger-api.mch.weixin.qq.com-1900000001.jsonl',
  );
  const local = { ...TITLE, service: 'http://127.0.0.1:8787' };
  expect(ledgerPath(local, '/sandbox/credentials.json', environment)).toBe(
    '/sandbox/ledger-127.0.0.1_8787-1900000001.jsonl',
  );
});

describe('a ledger that somebody else has written', () => {
  const TITLE_LINE = JSON.stringify({ ledger: 'coupon-media upload', version: 1, ...TITLE });

  beforeEach(() => mkdir(path.dirname(file)));

  test.each([
    ['a URL that is a program', { imageUrl: 'javascript:alert(1)' }],
    ['a URL with a line feed', { imageUrl: 'https://img.example/1.png\nhttps://evil.example/' }],
    ['a URL with an escape sequence', { imageUrl: 'https://img.example/\x1b[2J' }],
    ['a URL with C1', { imageUrl: 'https://img.example/\u009b2J' }],
    ['a URL of a file', { imageUrl: 'file:///etc/passwd' }],
    ['no URL', { imageUrl: 'img.example/1.png' }],
    ['a URL without end', { imageUrl: `https://img.example/${'1'.repeat(5000)}` }],
    ['a digest of a wrong form', { sha256: 'ab' }],
    ['a digest in capital letters', { sha256: 'AB'.repeat(32) }],
    ['a name that is not text', { filename: ['a.png'] }],
    ['bytes that are not a number', { bytes: '1' }],
    ['a Request-ID with a line feed', { requestId: '1\n2' }],
  ])('%s: the row is not believed', async (_, lie) => {
    const believed = { ...row(1), ...lie };
    await writeFile(
      file,
      `${[TITLE_LINE, ...[believed, row(2)].map((one) => JSON.stringify(one))].join('\n')}\n`,
    );
    const ledger = await openLedger(file, TITLE);
    expect(ledger.sent(believed.sha256)).toBeUndefined();
    expect(ledger.sent(row(2).sha256)).toMatchObject(row(2));
    await ledger.close();
  });

  test('whatever stands in it: a ledger, or refused in words; and what is believed is fit to be printed', async () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.integer(),
      fc.webUrl(),
      fc.constant(null),
      fc.jsonValue(),
    );
    const line = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.record({
        sha256: fc.constant(row(1).sha256),
        imageUrl: value,
        filename: value,
        bytes: value,
        at: value,
      }),
      fc.record({
        ...fieldsOf(row(1), fc.constant),
        imageUrl: fc.oneof(
          value,
          fc.string({ unit: 'binary' }).map((text) => `https://${text}`),
        ),
      }),
    );
    await fc.assert(
      fc.property(fc.boolean(), fc.array(line), fc.uint8Array({ maxLength: 8 }), (titled, lines, bytes) => {
        const text = [
          ...(titled ? [TITLE_LINE] : []),
          ...lines.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))),
        ];
        const read = readOrRefused(
          Buffer.concat([Buffer.from(text.map((one) => `${one}\n`).join('')), bytes]),
        );
        for (const { imageUrl, filename, requestId = '' } of read?.rows.uploads ?? []) {
          expect(imageUrl).toMatch(/^https?:[^\s\p{Cc}\p{Zl}\p{Zp}]+$/u);
          expect(filename + requestId).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        }
      }),
    );
  });

  test('a link is followed to a ledger, and to nothing else', async () => {
    const [target, empty] = [`${file}.target`, `${file}.empty`];
    await writeFile(empty, '');
    await symlink(empty, file);
    await expect(openLedger(file, TITLE)).rejects.toMatchObject({ key: 'ledger.notOne' });
    expect(await readFile(empty, 'utf8')).toBe('');
    await rm(file);
    // A broken link would decide which file is created.
    await symlink(target, file);
    await expect(openLedger(file, TITLE)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(readFile(target)).rejects.toMatchObject({ code: 'ENOENT' });
    await writeFile(target, `${TITLE_LINE}\n${JSON.stringify(row(1))}\n`);
    const ledger = await openLedger(file, TITLE);
    expect(ledger.sent(row(1).sha256)).toMatchObject(row(1));
    await ledger.close();
  });

  test('one without end is refused before it is read', async () => {
    await writeFile(file, `${TITLE_LINE}\n`);
    await truncate(file, 300 * 1024 * 1024);
    await expect(openLedger(file, TITLE)).rejects.toMatchObject({ key: 'ledger.tooLarge' });
    await expect(readLedger('/dev/zero', TITLE)).rejects.toMatchObject({ key: 'ledger.notOne' });
  });
});

/** @returns undefined if it failed with a message */
function readOrRefused(bytes: Buffer) {
  try {
    return readLedgerText(bytes, 'ledger.jsonl');
  } catch (error) {
    expect(error).toBeInstanceOf(CommandError);
    return undefined;
  }
}

function fieldsOf<T extends object, R>(value: T, make: (field: unknown) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, make(field)]));
}
