import { type RefusalName, refusals, UntrustedMessageError } from '@coupon-media/apiv3';
import {
  AbortedError,
  ApiError,
  adviceOn,
  type ClientError,
  FieldError,
  ForgedResponseError,
  ImageError,
  MalformedResponseError,
  NetworkError,
  NotificationError,
  OptionError,
  SigningError,
  SourceError,
  TimeoutError,
} from '@coupon-media/client';
import { describe, expect, test } from 'vitest';

const X = { 'zh-CN': '某', en: 'x' };
const attempt = { host: 'https://api.mch.weixin.qq.com', attempt: 1 };
const response = { ...attempt, status: 200, headers: {}, rawBody: Buffer.alloc(0), requestId: undefined };

function refused(status: number, code: string, message: string, number = 0): ApiError {
  return new ApiError(
    { code, message, detail: undefined },
    { ...response, status, requestId: `x-${number}` },
    { verified: true, retryAfter: undefined, findings: [] },
  );
}

const own: ClientError[] = [
  new OptionError('mchid', X),
  new SourceError(X),
  new NetworkError(X, attempt, true),
  new AbortedError(undefined),
  new MalformedResponseError(X, response),
  new FieldError(X),
  ...(['connect', 'send', 'response'] as const).map((phase) => new TimeoutError(phase, 1, attempt)),
  ...(['failed', 'late', 'unusable', 'wrongKey'] as const).map((fault) => new SigningError(fault, X)),
  ...(['unsigned', 'stale', 'unknownKey', 'signatureWrong'] as const).map(
    (fault) => new ForgedResponseError(fault, response),
  ),
  ...(['malformed', 'undecipherable', 'stale'] as const).map(
    (fault) => new NotificationError(new UntrustedMessageError(X, fault)),
  ),
  ...(Object.keys(refusals) as RefusalName[]).map((name) => new ImageError(name, X)),
];

/** Both languages are present, and each text is in its language. */
function expectWhole(error: ClientError): void {
  const { meaning, remedy } = adviceOn(error);
  for (const text of [meaning, remedy]) {
    expect(text['zh-CN']).toMatch(/\p{Script=Han}/u);
    expect(text.en).toMatch(/^[ -~…]+$/);
    expect(`${text['zh-CN']}${text.en}`).not.toContain('{');
  }
}

test.each(own.map((error) => [error.code, error] as const))('%s has advice', (_, error) => {
  expectWhole(error);
});

describe('a refusal', () => {
  test.each(Object.keys(refusals) as RefusalName[])(
    '%s is known by its sentence in either language',
    (name) => {
      const { status, code, message } = refusals[name];
      for (const sentence of Object.values(message)) {
        const error = refused(status, code, sentence);
        expectWhole(error);
        if (!sentence.includes('{')) expect(adviceOn(error)).toEqual(adviceOn(new ImageError(name, X)));
      }
    },
  );

  test.each([
    [
      'its sentence, however it ends',
      refused(401, 'SIGN_ERROR', '商户证书已过期。请及时更新商户API证书'),
      'certificateExpired',
    ],
    ['its internal number', refused(400, 'PARAM_ERROR', '图片太大了', 270087680), 'fileTooLarge'],
    ['its code', refused(403, 'NO_AUTH', '不行'), 'permissionMissing'],
    ['its status alone', refused(429, 'FREQUENCY_LIMITED', '太快了'), 'rateExceeded'],
    ['a status of its kind', refused(503, 'HTTP_503', 'x'), 'systemError'],
  ] satisfies [string, ApiError, RefusalName][])('is known by %s', (_, error, name) => {
    expect(adviceOn(error).remedy).toEqual(adviceOn(new ImageError(name, X)).remedy);
  });

  test('that nobody knows is advised on, too', () => {
    expectWhole(refused(418, 'TEAPOT', 'x'));
    expectWhole(refused(404, 'HTTP_404', 'x'));
  });
});
