import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const FOLDER = path.resolve(import.meta.dirname, '../../deploy/systemd');
const UNITS = readdirSync(FOLDER).map((name) => path.join(FOLDER, name));

test('systemd accepts the units', ({ skip }) => {
  skip(spawnSync('systemd-analyze', ['--version']).error !== undefined, 'systemd-analyze is not installed');
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...UNITS], {
    encoding: 'utf8',
  });
  // It reads the units of the whole system, and says what is wrong with those of other packages, too.
  const ours = stderr.split('\n').filter((line) => line.includes(FOLDER) || line.includes('coupon-media'));
  expect({ status, ours }).toEqual({ status: 0, ours: [] });
});

test.each(UNITS.filter((file) => file.endsWith('.service')))(
  '%s leaves no memory with keys behind',
  (file) => {
    const unit = readFileSync(file, 'utf8');
    for (const line of [
      'LimitCORE=0',
      'UMask=0077',
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'User=coupon-media',
    ])
      expect(unit.split('\n')).toContain(line);
  },
);

test('the scrape job has the name that the alert rules expect', () => {
  const prometheus = path.resolve(FOLDER, '../prometheus');
  const [, job] = /job_name: (\S+)/.exec(readFileSync(path.join(prometheus, 'scrape.yaml'), 'utf8')) ?? [];
  expect(readFileSync(path.join(prometheus, 'alerts.yaml'), 'utf8')).toContain(`job="${job}"`);
});
