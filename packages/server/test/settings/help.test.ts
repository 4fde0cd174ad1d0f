import { expect, test } from 'vitest';
import { settingOptions, settingRows, settingsHelp, settingsTable } from '../../dist/settings/index.js';

test.each(['en', 'zh-CN'] as const)(
  'in %s the help shows every setting once, with its meaning and default',
  (language) => {
    const help = settingsHelp(language);
    const options = settingOptions(language);
    for (const [name, { variable, option, meaning, default: value, defaultMeans }] of settingRows) {
      expect(help.match(new RegExp(`\\b${variable}(?![A-Z_])`, 'g'))).toHaveLength(1);
      const shown = option ? (options.find((one) => one.name === name)?.description ?? '') : help;
      expect(shown).toContain(meaning[language]);
      expect(shown).toContain(defaultMeans?.[language] ?? value ?? '');
    }
  },
);

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
