import {
  acceptableFilename,
  CipherError,
  checkFilename,
  errorText,
  fileReasonText,
  fill,
  imageName,
  imagePath,
  networkReasonText,
  readImageName,
  readImagePath,
  withReason,
} from '@coupon-media/apiv3';
import { describe, expect, test } from 'vitest';

const sha256 = 'ab'.repeat(32);

describe("an image's name", () => {
  test.each(['jpg', 'png', 'bmp'] as const)('of %s is read back, alone and as a path', (kind) => {
    expect(imageName({ sha256, kind })).toBe(`${sha256}.${kind}`);
    expect(imagePath({ sha256, kind })).toBe(`images/${sha256}.${kind}`);
    expect(readImageName(imageName({ sha256, kind }))).toEqual({ sha256, kind });
    expect(readImagePath(imagePath({ sha256, kind }))).toEqual({ sha256, kind });
  });

  test.each([
    ['capital digits', `${sha256.toUpperCase()}.png`],
    ['a capital suffix', `${sha256}.PNG`],
    ['63 digits', `${sha256.slice(1)}.png`],
    ['65 digits', `a${sha256}.png`],
    ['another kind', `${sha256}.gif`],
    ['no kind', sha256],
    ['two suffixes', `${sha256}.png.jpg`],
    ['a line feed behind it', `${sha256}.png\n`],
    ['a name of every object', `${sha256}.constructor`],
    ['nothing', ''],
  ])('with %s is none', (_, name) => {
    expect(readImageName(name)).toBeUndefined();
    expect(readImagePath(`images/${name}`)).toBeUndefined();
  });

  test('is a path only under its folder', () => {
    expect(readImagePath(`${sha256}.png`)).toBeUndefined();
    expect(readImagePath(`/images/${sha256}.png`)).toBeUndefined();
  });
});

describe('an acceptable filename', () => {
  test.each([
    ['summer.JPEG', 'jpg', 'summer.JPEG'],
    ['a:b.png', 'png', 'a:b.png'],
    ['a:b.gif', 'png', 'a_b.png'],
    ['.png', 'png', 'image.png'],
    ['.hidden', 'jpg', '.hidden.jpg'],
    ['', 'bmp', 'image.bmp'],
    ['🎉.bmp', 'bmp', '_.bmp'],
    [`${'长'.repeat(300)}.png`, 'png', `${'长'.repeat(146)}.png`],
  ] as const)('of %s as %s is %s', (name, kind, expected) => {
    const filename = acceptableFilename(name, kind);
    expect(filename).toBe(expected);
    expect(() => checkFilename(filename, 150)).not.toThrow();
    expect(acceptableFilename(filename, kind)).toBe(filename);
  });
});

test('a text is filled with values, plurals and texts of its own language', () => {
  const what = { 'zh-CN': '图片', en: 'images' };
  expect(fill('{n} {what}', 'en', { n: 2, what })).toBe('2 images');
  expect(fill('{n} 张{what}', 'zh-CN', { n: 2, what })).toBe('2 张图片');
  expect(fill('{n} {n:image|images}', 'en', { n: 1 })).toBe('1 image');
  expect(fill('{n} {n:image|images}{none}', 'en', { n: 0 })).toBe('0 images');
});

test('an error says itself in both languages, and another in its own words', () => {
  const why = withReason(
    { 'zh-CN': '无法读取', en: 'cannot read' },
    fileReasonText({ code: 'ENOENT' }) ?? '',
  );
  expect(why).toEqual({ 'zh-CN': '无法读取：没有这个文件', en: 'cannot read: there is no such file' });
  expect(errorText(new CipherError(why))).toEqual(why);
  // Of another copy of this package, its class is another.
  expect(errorText(Object.assign(new Error('x'), { texts: why }))).toEqual(why);
  expect(errorText(new Error('x'))).toEqual({ 'zh-CN': 'x', en: 'x' });
  expect(errorText('y')).toEqual({ 'zh-CN': 'y', en: 'y' });
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  expect(errorText(refused)).toEqual({
    'zh-CN': '连接被拒绝（connect ECONNREFUSED）',
    en: 'connect ECONNREFUSED',
  });
});

test('what the network says is put into words, also where it is the cause', () => {
  const refused = { 'zh-CN': '连接被拒绝', en: 'the connection was refused' };
  expect(networkReasonText({ code: 'ECONNREFUSED' })).toEqual(refused);
  expect(networkReasonText(new Error('fetch failed', { cause: { code: 'ECONNREFUSED' } }))).toEqual(refused);
  expect(networkReasonText(new Error('no code'))).toBeUndefined();
  expect(fileReasonText(undefined)).toBeUndefined();
});
