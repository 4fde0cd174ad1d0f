import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isLoopbackUrl } from '@coupon-media/apiv3';
import { explain } from '@coupon-media/apiv3/explain';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { readCapture } from '../dist/capture/capture.js';
import { evidenceIn } from '../dist/capture/evidence.js';
import { readFileList } from '../dist/discovery/file-list.js';
import { readCsv, writeCsv } from '../dist/manifest/csv.js';
import { hostsOf } from '../dist/profile/identity.js';
import { readProfile } from '../dist/profile/profile.js';
import { settingNames, settings } from '../dist/profile/settings.js';
import { CommandError } from '../dist/shell/failure.js';

const folder = mkdtempSync(path.join(tmpdir(), 'hostile-'));
const file = path.join(folder, 'file.json');
afterAll(() => rmSync(folder, { recursive: true }));

/** Reads a file, which must either succeed or fail with a message. @returns undefined if it failed */
async function readOrRefused<T>(
  bytes: Uint8Array | string,
  read: () => T | Promise<T>,
): Promise<T | undefined> {
  writeFileSync(file, bytes);
  try {
    return await read();
  } catch (error) {
    expect(error).toBeInstanceOf(CommandError);
    return undefined;
  }
}

const text = fc.string({ unit: 'binary' });
const key = fc.constantFrom(
  ...settingNames.flatMap((name) => [...settings[name].keys, `${settings[name].keys[0]}Path`, name]),
  '__proto__',
  'constructor',
);

describe('whatever stands in it: read, or refused in words', () => {
  test('a profile', async () => {
    const profile = fc.dictionary(key, fc.oneof(text, fc.webUrl(), fc.jsonValue()));
    const content = fc.oneof(
      fc.uint8Array(),
      text,
      fc.json(),
      profile.map((one) => JSON.stringify(one)),
    );
    await fc.assert(
      fc.asyncProperty(content, async (bytes) => {
        const read = await readOrRefused(bytes, () => readProfile({ profile: file }, {}));
        for (const given of Object.values(read?.values ?? {})) expect(given.value).toBeTypeOf('string');
        if (read) expect(hostsOf(read).length).toBeGreaterThan(0);
      }),
    );
  });

  test('a list', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array(), text), fc.boolean(), async (bytes, nul) => {
        const paths = await readOrRefused(bytes, () => readFileList(file, nul, process.stdin));
        for (const one of paths ?? []) expect(one).not.toMatch(nul ? /^$|\0/ : /^$|\n/);
      }),
    );
  });

  test('a list whose last line Windows began to end: the same paths as with its line feed', async () => {
    for (const [text, paths] of [
      ['a.png\r\nb.png\r', ['a.png', 'b.png']],
      ['a.png\r', ['a.png']],
      ['\r', []],
      ['a.png\r\r\n', ['a.png\r']],
    ] as const)
      expect(await readOrRefused(text, () => readFileList(file, false, process.stdin))).toEqual(paths);
    // By NUL a name is what it is.
    expect(await readOrRefused('a.png\r', () => readFileList(file, true, process.stdin))).toEqual([
      'a.png\r',
    ]);
  });

  test('a capture, from which the mistake is read', () => {
    const line = fc.oneof(
      text,
      fc.constantFrom(
        'POST /v3/x HTTP/1.1',
        '> POST /v3/x HTTP/1.1',
        '< HTTP/1.1 401 Unauthorized',
        'HTTP/1.1 401 Unauthorized',
        'Authorization: WECHATPAY2-SHA256-RSA2048 mchid="1",nonce_str="',
        'Content-Type: multipart/form-data; boundary=a',
        'Content-Length: 9999999999999999999999',
        'Date: Thu, 01 Jan 99999999 00:00:00 GMT',
        '--a',
        '{"detail":{"sign_information":{"truncated_sign_message":1}}}',
        '{"detail":null,"sign_information":{"truncated_sign_message":"POST\\n","sign_message_length":-1}}',
        '',
      ),
    );
    const lines = fc.array(line, { maxLength: 12 }).map((all) => Buffer.from(all.join('\r\n')));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), lines), (bytes) => {
        const capture = readCapture(bytes);
        if (capture) expect(Array.isArray(explain(evidenceIn(capture)))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

test('a manifest reads back as it was written, and no cell of it is a formula, whatever stands in it', () => {
  const unit = fc.constantFrom(...'",;\r\n=+-@\ta\'|＝＋－＠ ');
  const hostile = fc.oneof(text, fc.string({ unit }));
  fc.assert(
    fc.property(fc.array(fc.tuple(hostile, hostile, hostile), { minLength: 1 }), (rows) => {
      const written = writeCsv(rows);
      expect(readCsv(written.slice(1))).toEqual(rows);
      const cells = rawCells(written);
      expect(cells.map((row) => row.length)).toEqual(rows.map(() => 3));
      expect(cells.flat().filter((cell) => /(^|[,;\t|"])[=+\-@\t\r\n＝＋－＠]/.test(cell))).toEqual([]);
    }),
  );
});

test('only what is this machine is taken for it', () => {
  const hosts = fc.constantFrom(
    '127.0.0.1',
    'localhost',
    '[::1]',
    '127.1',
    '0x7f.1',
    '127.0.0.1.example',
    'a',
  );
  const around = fc.constantFrom('', '@', '.', '#', '/', '?', ':80', '\\', '%2f', 'evil.example', ' ');
  fc.assert(
    fc.property(
      fc.constantFrom('http://', 'https://', 'ftp://', ''),
      around,
      hosts,
      around,
      around,
      (...parts) => {
        const origin = parts.join('');
        if (!isLoopbackUrl(origin)) return;
        expect(['localhost', '127.0.0.1', '[::1]']).toContain(new URL(origin).hostname);
      },
    ),
    { numRuns: 2000 },
  );
  expect(['http://127.0.0.1:8787', 'https://localhost', 'http://[::1]:1/'].every(isLoopbackUrl)).toBe(true);
});

/** Parses CSV as in RFC 4180. */
function rawCells(table: string): string[][] {
  const rows = table
    .replace(/^\ufeff/, '')
    .matchAll(/((?:"(?:[^"]|"")*"|[^",\r\n])*(?:,(?:"(?:[^"]|"")*"|[^",\r\n]*))*)\r\n/g);
  return [...rows].map(([, row = '']) =>
    [...`${row},`.matchAll(/("(?:[^"]|"")*"|[^",]*),/g)].map(([, cell = '']) =>
      cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell,
    ),
  );
}
