import { describe, expect, test } from 'vitest';
import { columnOf, headOf, plainValue, shownValue } from '../dist/manifest/columns.js';
import { readCsv, writeCsv } from '../dist/manifest/csv.js';
import { merged, withPlaces } from '../dist/manifest/merge.js';

describe('a table for a spreadsheet', () => {
  test.each([
    ['=1+1.png', "'=1+1.png"],
    ['-20元.png', "'-20元.png"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['+1', "'+1"],
    ['＝1+1', "'＝1+1"],
    ["'=1", "''=1"],
    ['a;=1', '"a;\'=1"'],
    ['summer-20.png', 'summer-20.png'],
  ])('has no formula: %s is written as %s, and read back', (text, written) => {
    expect(writeCsv([[text]])).toBe(`\ufeff${written}\r\n`);
    expect(readCsv(`${written}\r\n`)).toEqual([[text]]);
  });

  test('is read with another separator, other line ends and no last one', () => {
    expect(readCsv('file;status\na;"b;c"\n', ';')).toEqual([
      ['file', 'status'],
      ['a', 'b;c'],
    ]);
    expect(readCsv('file\tstatus\r\na\tb', '\t')).toEqual([
      ['file', 'status'],
      ['a', 'b'],
    ]);
  });
});

test('heads and values have Chinese, and are found again', () => {
  for (const [column, head] of [
    ['status', '状态'],
    ['width', '宽'],
    ['detail_8', '详情图8'],
    ['image_url', '图片 URL'],
  ] as const) {
    expect(headOf(column, 'zh-CN')).toBe(head);
    expect(columnOf(head)).toBe(column);
    expect(columnOf(headOf(column, 'en'))).toBe(column);
  }
  expect(shownValue('status', 'known', 'zh-CN')).toBe('此前已上传');
  expect(plainValue('status', '此前已上传')).toBe('known');
  expect(shownValue('reason', 'known', 'zh-CN')).toBe('known');
  expect(shownValue('status', 'known', 'en')).toBe('known');
});

describe('a manifest of several runs', () => {
  const url = 'https://img.example/1.png';
  const other = 'https://img.example/2.png';

  test.each([
    [
      'a new file is added',
      [],
      [{ file: 'a', status: 'uploaded', image_url: url }],
      [{ file: 'a', status: 'uploaded', image_url: url }],
    ],
    [
      'what an earlier run uploaded is not new',
      [{ file: 'a', status: 'uploaded', image_url: url }],
      [{ file: 'b', status: 'uploaded', image_url: other }],
      [
        { file: 'a', status: 'known', image_url: url },
        { file: 'b', status: 'uploaded', image_url: other },
      ],
    ],
    [
      'a URL replaces that of the same file, and keeps the columns of a person',
      [{ file: 'a', status: 'uploaded', image_url: url, 备注: '夏' }],
      [{ file: 'a', status: 'uploaded', image_url: other }],
      [{ file: 'a', status: 'uploaded', image_url: other, 备注: '夏' }],
    ],
    [
      'a failure stands beside the URL of an earlier run',
      [{ file: 'a', status: 'known', image_url: url }],
      [{ file: 'a', status: 'failed' }],
      [
        { file: 'a', status: 'known', image_url: url },
        { file: 'a', status: 'failed' },
      ],
    ],
    [
      'and is replaced by success',
      [
        { file: 'a', status: 'known', image_url: url },
        { file: 'a', status: 'failed' },
      ],
      [{ file: 'a', status: 'uploaded', image_url: other }],
      [{ file: 'a', status: 'uploaded', image_url: other }],
    ],
    [
      'an image that was not tried says nothing new',
      [{ file: 'a', status: 'known', image_url: url }],
      [{ file: 'a', status: 'untried' }],
      [{ file: 'a', status: 'known', image_url: url }],
    ],
    ['what an earlier run left out is dropped', [{ file: 'in/**/*.txt', status: 'left-out' }], [], []],
  ])('%s', (_, earlier, now, wanted) => {
    expect(merged(earlier, now)).toEqual(wanted);
  });

  test('has the URL of each image under its place, and numbers the details of a folder', () => {
    const details = Array.from({ length: 9 }, (_, at) => ({
      file: `a/${at}.jpg`,
      slot: 'detail',
      image_url: `${at}`,
    }));
    const rows = withPlaces([
      { file: 'a/icon.png', slot: 'icon', image_url: url },
      ...details,
      { file: 'b/1.jpg', slot: 'detail', image_url: other },
      { file: 'b/2.jpg', slot: 'detail' },
      { file: 'b/3.jpg', image_url: url },
    ]);
    expect(rows[0]?.icon).toBe(url);
    expect(rows.slice(1, 9).map((row, at) => row[`detail_${at + 1}`])).toEqual(
      details.slice(0, 8).map(({ image_url }) => image_url),
    );
    expect(rows[9]).toEqual(details[8]);
    expect(rows[10]?.detail_1).toBe(other);
    expect(Object.keys(rows[11] ?? {})).toEqual(['file', 'slot']);
    expect(Object.keys(rows[12] ?? {})).toEqual(['file', 'image_url']);
  });
});
