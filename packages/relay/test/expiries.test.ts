import { createAlarms, type Ending, watchExpiries } from '@coupon-media/relay';
import { expect, onTestFinished, test } from 'vitest';

const DAY = 86_400_000;
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
