import { readdirSync, readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { settingRows, settingsHelp } from '@coupon-media/server/settings';
import { expect, onTestFinished, test } from 'vitest';
import { CLI, type Ended, run } from './support/run.js';
import { temporaryFolder } from './support/sandbox.js';

/** Runs `coupon-media serve` with only these variables, in a folder that must not change. */
async function serveWith(variables: Record<string, string>, ...args: string[]): Promise<Ended> {
  const folder = await temporaryFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const given = Object.entries({ COUPON_MEDIA_DATA: folder, ...variables }).map(
    ([name, value]) => `${name}=${value}`,
  );
  const ended = await run('env', [...given, process.execPath, CLI, 'serve', ...args]);
  expect(await readdir(folder)).toEqual([]);
  return ended;
}

test.each([
  [
    'an earlier name',
    { COUPON_MEDIA_PATIENCE: '5' },
    'COUPON_MEDIA_PATIENCE is now called COUPON_MEDIA_MIN_RATE_WINDOW_SECONDS: rename it, its values and their unit are the same',
  ],
  [
    'both names',
    { COUPON_MEDIA_QUOTA: '5', COUPON_MEDIA_QUOTA_PER_SECOND: '5' },
    'COUPON_MEDIA_QUOTA is the earlier name of COUPON_MEDIA_QUOTA_PER_SECOND, and both are set: remove COUPON_MEDIA_QUOTA',
  ],
  [
    'a misspelt name',
    { COUPON_MEDIA_DATABSE_URL: 'postgres://me:secret-word@db/coupons' },
    'no setting is called COUPON_MEDIA_DATABSE_URL (did you mean COUPON_MEDIA_DATABASE_URL?): correct or remove it; coupon-media serve --help shows all',
  ],
  [
    'a value out of bounds',
    { COUPON_MEDIA_DRAIN_DELAY_SECONDS: '1h' },
    'COUPON_MEDIA_DRAIN_DELAY_SECONDS: must be a whole number of seconds, 0 to 3600',
  ],
  [
    'a wrong URL with a password',
    { COUPON_MEDIA_REDIS_URL: 'http://:secret-word@cache' },
    'COUPON_MEDIA_REDIS_URL: must be a URL that begins with redis://, rediss://, redis+cluster://, rediss+cluster://, redis+sentinel://, rediss+sentinel:// or redis+unix://; / ? # @ % of its password are written %2F %3F %23 %40 %25',
  ],
  [
    'half a cluster',
    { COUPON_MEDIA_DATABASE_URL: 'postgres://me:secret-word@db/coupons', COUPON_MEDIA_S3_BUCKET: 'coupons' },
    'COUPON_MEDIA_REDIS_URL: must also be set, because COUPON_MEDIA_DATABASE_URL and COUPON_MEDIA_S3_BUCKET are: the nodes of a cluster share all three engines',
  ],
])('%s ends serve with 3 and one line', async (_, variables, line) => {
  expect(await serveWith({ ...variables, LANG: 'C' })).toEqual({
    code: 3,
    stdout: '',
    stderr: `coupon-media: ${line}\n`,
  });
});

test('an invalid option is refused by its name in the chosen language, without its value', async () => {
  const key = '-----BEGIN PRIVATE KEY-----\nsecret-word\n-----END PRIVATE KEY-----';
  expect(await serveWith({ LANG: 'C' }, '--data', key)).toEqual({
    code: 3,
    stdout: '',
    stderr: 'coupon-media: --data: must be the path of a folder\n',
  });
  expect(await serveWith({}, '--quota', 'many', '--lang', 'zh-CN')).toEqual({
    code: 3,
    stdout: '',
    stderr: 'coupon-media: --quota：应为数字，0 到 1000000 次/秒\n',
  });
});

test('help shows every setting in the chosen language', async () => {
  const { code, stdout } = await run(process.execPath, [CLI, 'serve', '--help', '--lang', 'zh-CN']);
  expect(code).toBe(0);
  expect(stdout).toContain(settingsHelp('zh-CN'));
  for (const [, { variable, only = 'serve' }] of settingRows)
    if (only === 'serve') expect(stdout).toContain(variable);
});

test('the settings of a client are not mistakes of the service', async () => {
  const room = 'packages/cli/src/profile';
  const sources = readdirSync(room).map((file) => readFileSync(path.join(room, file), 'utf8'));
  const names = new Set(sources.join('\n').match(/\bCOUPON_MEDIA_[A-Z0-9_]+/g));
  expect(names.size).toBeGreaterThan(10);
  const clients = Object.fromEntries([...names].map((name) => [name, 'x']));
  const { code, stderr } = await serveWith({ ...clients, LANG: 'C', COUPON_MEDIA_LOG_LEVEL: 'loud' });
  expect({ code, stderr }).toEqual({
    code: 3,
    stderr: 'coupon-media: COUPON_MEDIA_LOG_LEVEL: must be debug | info | warn | error | silent\n',
  });
});
