import { createAlarms, type Ending, watchExpiries } from '@coupon-media/relay';
import { expect, onTestFinished, test } from 'vitest';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const NOW = Date.parse('2026-12-01T00:00:00Z');

test('what ends is told 30 days ahead and when it has ended, and no longer when it was renewed', () => {
  let now = NOW;
  let endings: Ending[] = [
    { what: 'certificate', account: 'a', notAfter: (NOW + 40 * DAY) / 1000 },
    { what: 'platformCertificate', account: 'a', notAfter: (NOW + 20 * DAY) / 1000 },
    { what: 'token', account: 'b', token: 'cmr_x', notAfter: (NOW + 6 * DAY) / 1000 },
    { what: 'certificate', account: 'c', notAfter: (NOW + 31 * DAY) / 1000 },
  ];
  const lines: string[] = [];
  const write = (...told: unknown[]) => void lines.push(String(told.at(-1)));
  const log = { error: write, info: write };
  const alarms = createAlarms(log, () => now);
  const watch = watchExpiries(
    alarms,
    () => endings,
    () => now,
  );
  onTestFinished(() => watch.close());
  const on = () => alarms.on().map(({ code, sentence }) => `${code}: ${sentence.en}`);
  expect(on().sort()).toEqual([
    'KEY_EXPIRES: the platform certificate of account a expires on 2026-12-21',
    'TOKEN_EXPIRES: token cmr_x of account b expires on 2026-12-07',
  ]);
  now += 25 * DAY;
  endings = endings.filter(({ token }) => token === undefined);
  watch.check();
  expect(on().sort()).toEqual([
    'KEY_EXPIRED: the platform certificate of account a expired on 2026-12-21: upstream refuses everything',
    'KEY_EXPIRES: the API certificate of account c expires on 2027-01-01',
  ]);
  endings = [];
  watch.check();
  expect(on()).toEqual([]);
  expect(lines.at(-1)).toMatch(/^no longer: /);
});

test('the log has a line at 30, 7 and 1 days, and one an hour when it has ended', () => {
  const notAfter = NOW / 1000 + 60 * 86_400;
  let now = NOW;
  const lines: string[] = [];
  const write = (...told: unknown[]) => void lines.push(String(told.at(-1)).replace(/ expire.*/, ''));
  const alarms = createAlarms({ error: write, info: write }, () => now);
  const ends = () => [{ what: 'certificate', account: 'a', notAfter } as const];
  const watch = watchExpiries(alarms, ends, () => now);
  onTestFinished(() => watch.close());
  const told: [hours: number, code: string | undefined][] = [];
  for (const end = notAfter * 1000 + 3 * HOUR; now < end; now += HOUR) {
    const before = lines.length;
    watch.check();
    const [alarm] = alarms.on();
    if (lines.length > before) told.push([(notAfter * 1000 - now) / HOUR, alarm?.code]);
  }
  expect(told).toEqual([
    [30 * 24, 'KEY_EXPIRES'],
    [7 * 24, 'KEY_EXPIRES'],
    [24, 'KEY_EXPIRES'],
    [-1, 'KEY_EXPIRED'],
    [-2, 'KEY_EXPIRED'],
  ]);
});
