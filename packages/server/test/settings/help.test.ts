import { expect, test } from 'vitest';
import { settingOptions, settingRows, settingsHelp, settingsTable } from '../../dist/settings/index.js';

test.each(['en', 'zh-CN'] as const)(
  'in %s the help shows every setting once, with its meaning and default',
  (language) => {
    for (const [
      name,
      { variable, option, meaning, default: value, defaultMeans, only = 'serve' },
    ] of settingRows) {
      const help = settingsHelp(language, only);
      const options = settingOptions(only);
      expect(help.match(new RegExp(`\\b${variable}(?![A-Z_])`, 'g'))).toHaveLength(1);
      const shown = option ? (options.find((one) => one.name === name)?.description[language] ?? '') : help;
      expect(shown).toContain(meaning[language]);
      expect(shown).toContain(defaultMeans?.[language] ?? value ?? '');
    }
  },
);

test('a command shows no setting of the other one', () => {
  const named = (program: 'serve' | 'relay') => settingOptions(program).map(({ name }) => name);
  expect(named('serve')).toEqual(['data', 'host', 'port', 'publicUrl', 'quotaPerSecond']);
  expect(named('relay')).toEqual([
    ...['data', 'host', 'port', 'accountsFile'],
    ...['tlsCertificateFile', 'tlsKeyFile', 'behindTlsProxy', 'allowedHosts'],
  ]);
  expect(settingsHelp('en')).not.toContain('COUPON_MEDIA_AUDIT_RETENTION_DAYS');
  expect(settingsHelp('en', 'relay')).not.toContain('COUPON_MEDIA_SERVE_IMAGES');
});

test('a setting that may contain a password has no option', () => {
  expect(settingRows.filter(([, { secret, option }]) => secret && option)).toEqual([]);
});

test('the table for the documents has a row for each setting, and four columns', () => {
  const rows = settingsTable().split('\n').slice(2);
  expect(rows.map((row) => row.match(/^\| `(\w+)` \|/)?.[1])).toEqual(
    settingRows.map(([, { variable }]) => variable),
  );
  expect(new Set(rows.map((row) => row.split(' | ').length))).toEqual(new Set([4]));
});
