import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal, type RefusalName, refusalBody, refusals, responseLanguage } from '../dist/index.js';

const names = Object.keys(refusals) as RefusalName[];
const rows = names.map((name) => ({ name, ...refusals[name] }));

describe('the table of refusals', () => {
  it.each([
    ['PARAM_ERROR', [400, 413]],
    ['INVALID_REQUEST', [400]],
    ['SIGN_ERROR', [401]],
    ['NO_AUTH', [403]],
    ['RATELIMIT_EXCEEDED', [429]],
    ['SYSTEM_ERROR', [500]],
  ])('gives %s its status (contract 1.5)', (code, statuses) => {
    const found = rows.filter((row) => row.code === code).map(({ status }) => status);
    expect([...new Set<number>(found)].sort()).toEqual(statuses);
  });

  it.each([
    ['fileTooLarge', 270087680],
    ['rateExceeded', 270924289],
    ['permissionMissing', 268579803],
    ['metaMalformed', 268435461],
  ] as const)('gives %s the number %d (contract 3.3)', (name, number) => {
    expect(refusals[name].number).toBe(number);
  });

  it('gives each code a number of its own, none of them 0', () => {
    const codes = new Map<number, Set<string>>();
    for (const { number, code } of rows) codes.set(number, (codes.get(number) ?? new Set()).add(code));
    expect([...codes.values()].every((sharing) => sharing.size === 1)).toBe(true);
    expect(codes.has(0)).toBe(false);
  });

  it.each([
    ['headersMissing', 'Http头缺少Accept或User-Agent'],
    ['authorizationMalformed', 'Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》'],
    ['authorizationTypeUnknown', 'HTTP头Authorization认证类型不正确'],
    ['timestampSkewed', 'Http头Authorization中的timestamp与发起请求的时间不得超过5分钟'],
    ['signatureWrong', '错误的签名，验签失败'],
    ['filenameWrong', '图片文件名称不正确，请检查后重新提交'],
    ['imageKindUnknown', '文件二进制内容不是图片，请检查后重新提交'],
    ['digestWrong', '图片sha256值有误，请检查后重新提交'],
    ['fileTooLarge', '文件大小不能超过2M，请检查后重新提交'],
    ['fileEmpty', '文件为空，请检查后重新提交'],
  ] as const)('words %s as the live service does (contract 5.3, 5.5)', (name, message) => {
    expect(refusals[name].message['zh-CN']).toBe(message);
  });

  it.each([
    ['certificateUnknown', /^商户证书序列号有误。/],
    ['certificateExpired', /^商户证书已过期。/],
    ['certificateRevoked', /^商户证书已作废。/],
    ['imageHeaderBroken', /^传入参数不符合业务规则/],
    ['imageSizeImpossible', /^传入参数不符合业务规则/],
    ['imageColoursImpossible', /^传入参数不符合业务规则/],
  ] as const)('begins %s as the contract does', (name, beginning) => {
    expect(refusals[name].message['zh-CN']).toMatch(beginning);
  });

  it.each(rows)('has both texts of $name, and fills what they leave open', ({ name, message }) => {
    const open = new Set(Object.values(message).flatMap((text) => text.match(/(?<=\{)\w+(?=\})/g) ?? []));
    const values = Object.fromEntries([...open].map((key) => [key, `<${key}>`]));
    const refusal = new Refusal(name, { values });
    for (const language of ['zh-CN', 'en'] as const) {
      const text = refusalBody(refusal, language).message;
      expect(text).not.toMatch(/[{}]/);
      expect(text).toBe(message[language].replace(/\{(\w+)\}/g, '<$1>'));
    }
    expect(message['zh-CN']).toMatch(/[\u4e00-\u9fff]/);
    expect(message.en).not.toMatch(/[\u4e00-\u9fff]/);
  });
});

describe('a refusal', () => {
  it('is an error that knows its row', () => {
    const cause = new Error('disk full');
    const refusal = new Refusal('systemError', { cause });
    expect(refusal).toMatchObject({ name: 'Refusal', message: 'System error; try again later', cause });
    expect(refusal.row).toBe(refusals.systemError);
  });

  it('has no detail where there is none, and one in the body unless it says otherwise (contract 5.1)', () => {
    expect(refusalBody(new Refusal('rateExceeded', { retryAfter: 1 }), 'en')).toEqual({
      code: 'RATELIMIT_EXCEEDED',
      message: 'Too many requests; try again later with the same parameters',
    });
    const detail = { field: 'signature', location: 'authorization', detail: { issue: 'sign not match' } };
    expect(refusalBody(new Refusal('signatureWrong', { detail }), 'en').detail).toEqual(detail);
    expect(refusalBody(new Refusal('fileEmpty', { detail: { field: '/body/file' } }), 'en').detail).toEqual({
      location: 'body',
      field: '/body/file',
    });
  });

  it('leaves blank what it was not told', () => {
    expect(refusalBody(new Refusal('partRepeated'), 'en').message).toBe(
      'Part "" must stand only once in the form',
    );
  });
});

describe('the language of a response (contract 5.8)', () => {
  it.each([
    [undefined, 'zh-CN'],
    ['', 'zh-CN'],
    ['en', 'en'],
    ['EN', 'en'],
    [' en ', 'en'],
    ['zh-CN', 'zh-CN'],
    ['zh-HK', 'zh-CN'],
    ['zh-TW', 'zh-CN'],
    ['*', 'zh-CN'],
    ['en-US', 'en'],
    ['en-GB-oxendict', 'en'],
    ['english', 'zh-CN'],
    ['-en', 'zh-CN'],
    ['zh', 'zh-CN'],
    ['zh-Hans-CN', 'zh-CN'],
    ['zh,en;q=0.5', 'zh-CN'],
    ['fr', 'zh-CN'],
    ['en-US,en;q=0.9', 'en'],
    ['fr, en', 'en'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh-CN'],
    ['zh-HK;q=0.1,en;q=0.2', 'en'],
    ['en;q=0.5,zh-TW;q=0.7', 'zh-CN'],
    ['en;q=0.5,zh-TW;q=0.5', 'en'],
    ['en; q=0.5 , zh-CN; q=0.4', 'en'],
    ['en;Q=0.5', 'en'],
    ['en;q=0', 'zh-CN'],
    ['en;q=', 'zh-CN'],
    ['en;q=0.5.5', 'zh-CN'],
    ['en;level=1', 'zh-CN'],
    ['*;q=1,en;q=0.1', 'en'],
    [',,;;', 'zh-CN'],
    ['constructor', 'zh-CN'],
    ['__proto__', 'zh-CN'],
  ])('%j: %s', (header, language) => {
    expect(responseLanguage(header)).toBe(language);
  });

  it('is found in any header, and soon', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        expect(['zh-CN', 'en']).toContain(responseLanguage(header));
      }),
    );
    // A search that tries again at each space takes an hour for so many.
    expect(responseLanguage(`en${' '.repeat(4_000_000)}x`)).toBe('zh-CN');
  });
});
