import { constants, createHash, createSign, randomBytes, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mistakes } from '../dist/explain/findings.js';
import { explain, recoverSignedLines } from '../dist/explain/index.js';
import {
  type Evidence,
  type Finding,
  formatAuthorization,
  loadCertificate,
  loadPrivateKey,
  requestMessage,
  signInformation,
} from '../dist/index.js';
import { recoverSignature } from '../dist/signature.js';
import { readText } from './vectors.js';

const privateKey = loadPrivateKey(readText('keys/merchant.key.pem'));
const certificate = loadCertificate(readText('keys/merchant.cert.pem'));
const otherKey = loadPrivateKey(readText('keys/other-merchant.key.pem'));
const otherCertificate = loadCertificate(readText('keys/other-merchant.cert.pem'));
const platformCertificate = loadCertificate(readText('keys/platform.cert.pem'));

const url = '/v3/marketing/partner/product-coupon/media/upload-image';
const timestamp = '1795424400';
const nonce = 'Zm9vYmFyMTIzNDU2Nzg5MGFiY2RlZmdo';
const now = 1795424400;
const file = randomBytes(300);
const meta = JSON.stringify({
  filename: '图片/a<b>.png',
  sha256: createHash('sha256').update(file).digest('hex'),
});
const boundary = 'boundary7MA4YWxk';
const part = (headers: string, content: string | Buffer) =>
  Buffer.concat([
    Buffer.from(`--${boundary}\r\n${headers}\r\n\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ]);
const form = (...parts: Buffer[]) => Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]);
const metaPart = part('Content-Disposition: form-data; name="meta"\r\nContent-Type: application/json', meta);
const filePart = part(
  'Content-Disposition: form-data; name="file"; filename="meta.png"\r\nContent-Type: image/png',
  file,
);
const body = form(metaPart, filePart);

const right = { method: 'POST', url, timestamp, nonce, body: meta as string | Buffer };
const signedBy = (message: string | Uint8Array, key = privateKey, algorithm = 'RSA-SHA256') =>
  createSign(algorithm).update(message).sign(key, 'base64');
const header = (signature: string, change = {}) =>
  formatAuthorization({
    scheme: 'merchant',
    id: '1900000001',
    serialNo: certificate.serialNo,
    nonce,
    timestamp,
    signature,
    ...change,
  });

/** A request whose signature was made over this string. */
function over(message: string | Uint8Array, change: Evidence = {}): Evidence {
  const authorization = header(signedBy(message));
  const evidence = { method: 'POST', url, authorization, body, certificate, ...change };
  signedMessages.set(evidence, message);
  return evidence;
}
const signedMessages = new WeakMap<Evidence, string | Uint8Array>();

/** A request whose signature was made over the right string, except for these lines. */
const wrongly = (lines: object, change: Evidence = {}) =>
  over(requestMessage({ ...right, ...lines }), change);
/** A request with a JSON body or none. */
const json = (sent: string, signed: string | Uint8Array, change: Evidence = {}) =>
  wrongly({ url: '/v3/coupons', body: signed }, { url: '/v3/coupons', body: sent, ...change });

const named = (findings: Finding[]) =>
  findings.map(({ mistake, certain }) => (certain ? mistake : `${mistake}?`));
const explained = (evidence: Evidence) => named(explain(evidence));

describe('a request without a mistake', () => {
  it.each<[string, Evidence]>([
    ['an upload, whole', over(requestMessage(right))],
    ['an upload by its meta', over(requestMessage(right), { body: undefined, meta })],
    ['an upload, file first', over(requestMessage(right), { body: form(filePart, metaPart) })],
    [
      'an upload with a preamble',
      over(requestMessage(right), { body: Buffer.concat([Buffer.from('preamble\r\n'), body]) }),
    ],
    ['with an absolute URL', over(requestMessage(right), { url: `https://api.mch.weixin.qq.com${url}` })],
    ['with a fragment in the URL', over(requestMessage(right), { url: `http://127.0.0.1:8787${url}#x` })],
    ['with the method in lower case', over(requestMessage(right), { method: 'post' })],
    ['judged by the private key alone', over(requestMessage(right), { certificate: undefined, privateKey })],
    [
      'judged by a pair',
      over(requestMessage(right), { privateKey, platformCertificate, now, serverNow: now + 300 }),
    ],
    [
      'with the sign_information that belongs to it',
      over(requestMessage(right), { signInformation: signInformation(right) }),
    ],
    ['with the string from the log', over(requestMessage(right), { signedMessage: requestMessage(right) })],
    ['JSON', json('{"a":1}', '{"a":1}')],
    [
      'GET',
      over('GET\n/v3/certificates\n1795424400\nZm9vYmFyMTIzNDU2Nzg5MGFiY2RlZmdo\n\n', {
        method: 'GET',
        url: '/v3/certificates',
        body: undefined,
      }),
    ],
    [
      'GET, by its host',
      over('GET\n/\n1795424400\nZm9vYmFyMTIzNDU2Nzg5MGFiY2RlZmdo\n\n', {
        method: 'GET',
        url: 'https://api.mch.weixin.qq.com',
        body: undefined,
      }),
    ],
  ])('%s', (_, evidence) => {
    expect(explained(evidence)).toEqual(['signatureRight']);
  });
});

/** The whole request, as a capture has it. */
const headers = {
  Host: '127.0.0.1',
  Accept: 'application/json',
  'User-Agent': 'test',
  'Content-Type': `multipart/form-data; boundary=${boundary}`,
};
const image = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex');
const imageMeta = JSON.stringify({
  filename: '优惠.png',
  sha256: createHash('sha256').update(image).digest('hex'),
});
const imagePart = part('Content-Disposition: form-data; name="file"; filename="a.png"', image);
const disposition = 'Content-Disposition: form-data; name="meta"';
const wholly = (
  bytes: Buffer,
  { signed = imageMeta, ...change }: Evidence & { signed?: string | Buffer } = {},
) =>
  over(requestMessage({ ...right, body: signed }), {
    body: bytes,
    headers: { ...headers, 'Content-Length': String(bytes.length) },
    ...change,
  });
const imageForm = form(part(disposition, imageMeta), imagePart);

describe('a whole request', () => {
  const chunked = (bytes: Buffer) =>
    Buffer.concat([
      ...[bytes.subarray(0, 70), bytes.subarray(70)].flatMap((piece) => [
        Buffer.from(`${piece.length.toString(16)}\r\n`),
        piece,
        Buffer.from('\r\n'),
      ]),
      Buffer.from('0\r\n\r\n'),
    ]);
  const inChunks = { ...headers, 'Transfer-Encoding': 'chunked' };
  const typed = (type: string | undefined) => {
    const { 'Content-Type': _, ...others } = headers;
    const rest = { ...others, 'Content-Length': String(imageForm.length) };
    return wholly(imageForm, { headers: type === undefined ? rest : { ...rest, 'content-type': type } });
  };
  const inLineFeeds = Buffer.from(imageForm.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
  const base64 = Buffer.from(imageMeta).toString('base64');

  it.each<[string[], string, Evidence]>([
    [['signatureRight'], 'without a mistake', wholly(imageForm)],
    [
      ['signatureRight'],
      'in chunks, one of which is meta',
      wholly(chunked(imageForm), { headers: inChunks }),
    ],
    [['signatureRight'], 'in chunks that a tool removed', wholly(imageForm, { headers: inChunks })],
    [
      ['signatureRight'],
      'in chunks, its headers unknown',
      wholly(chunked(imageForm), { headers: undefined }),
    ],
    [['signatureRight'], 'with its Authorization among the headers', amongHeaders()],
    [['headersMissing'], 'without Accept', wholly(imageForm, { headers: { ...headers, Accept: undefined } })],
    [['metaNotFound'], 'another boundary', typed('multipart/form-data; boundary=other')],
    [['metaNotFound'], 'no Content-Type', typed(undefined)],
    [['metaNotFound'], 'multipart/mixed', typed(`multipart/mixed; boundary=${boundary}`)],
    [['metaNotFound'], 'a form sent as JSON', typed('application/json')],
    [['metaNotFound'], 'LF alone', wholly(inLineFeeds)],
    [
      ['metaNotFound'],
      'a compressed body',
      wholly(Buffer.from('1f8b08', 'hex'), { headers: { ...headers, 'Content-Encoding': 'gzip' } }),
    ],
    [['partEncoded'], 'meta in base64', encoded('base64', base64)],
    [['partEncoded'], 'meta quoted', encoded('quoted-printable', imageMeta.replaceAll('"', '=22'))],
    [['charsetDiffers'], 'UTF-8 signed, ? sent, meta known', asked({ meta: imageMeta })],
    [['questionMarks?', 'nonceDiffers?', 'bodyDiffers?'], 'UTF-8 signed, ? sent', asked({})],
    [['charsetDiffers'], 'GBK signed, UTF-8 sent', wholly(imageForm, { signed: inGbk(imageMeta) })],
    [
      ['charsetDiffers'],
      '? signed, UTF-8 sent',
      wholly(imageForm, { signed: imageMeta.replace('优惠', '??') }),
    ],
    [['metaNotUtf8'], 'GBK signed and sent', inGbkWholly()],
    [['refusedOtherwise'], 'no file', wholly(form(part(disposition, imageMeta)))],
    [['refusedOtherwise'], 'two files', wholly(form(part(disposition, imageMeta), imagePart, imagePart))],
    [['refusedOtherwise'], 'another image', wholly(form(part(disposition, imageMeta), filePart))],
    [['refusedOtherwise'], 'cut short', wholly(imageForm.subarray(0, -10))],
    [
      ['refusedOtherwise'],
      'another length',
      wholly(imageForm, { headers: { ...headers, 'Content-Length': '5' } }),
    ],
    [['refusedOtherwise'], 'no length', wholly(imageForm, { headers })],
  ])('%j: %s', (expected, _, evidence) => {
    expect(explained(evidence)).toEqual(expected);
  });

  it.each([
    [
      'multipart/form-data; boundary=other',
      /declares the boundary other, and the body uses boundary7MA4YWxk/,
    ],
    [undefined, /has no Content-Type/],
    ['multipart/mixed; boundary=x', /is multipart\/mixed.*setType\(MultipartBody\.FORM\)/],
    ['application/json', /the body is a form, but the Content-Type is application\/json/],
  ])('with the type %s: the reason is told', (type, says) => {
    const [found] = explain(typed(type));
    expect(`${found?.message.en} ${found?.remedy.en}`).toMatch(says);
  });

  function amongHeaders(): Evidence {
    const { authorization, ...evidence } = wholly(imageForm);
    return {
      ...evidence,
      headers: { ...headers, AUTHORIZATION: authorization, 'content-LENGTH': String(imageForm.length) },
    };
  }

  function encoded(encoding: string, content: string): Evidence {
    return wholly(form(part(`${disposition}\r\nContent-Transfer-Encoding: ${encoding}`, content), imagePart));
  }

  function asked(change: Evidence): Evidence {
    return wholly(form(part(disposition, imageMeta.replace('优惠', '??')), imagePart), change);
  }

  function inGbkWholly(): Evidence {
    return wholly(form(part(disposition, inGbk(imageMeta)), imagePart), { signed: inGbk(imageMeta) });
  }

  function inGbk(text: string): Buffer {
    return Buffer.from(text.replace('优惠', '\xd3\xc5\xbb\xdd'), 'latin1');
  }
});

describe('the meta of a file', () => {
  it.each(['\n', '\r\n'])('may have the line feed of an editor: %j', (end) => {
    expect(explained(over(requestMessage(right), { body: undefined, meta: meta + end }))).toEqual([
      'signatureRight',
    ]);
  });

  it('may have one that was signed and sent', () => {
    const signed = requestMessage({ ...right, body: `${meta}\n` });
    expect(explained(over(signed, { body: undefined, meta: `${meta}\n` }))).toEqual(['signatureRight']);
  });

  it('gets no finding about its line feed where something else is wrong', () => {
    const evidence = wronglyWithMeta({ url: '/v3/other' });
    expect(explained({ ...evidence, meta: `${meta}\n` })).toEqual(explained(evidence));
  });

  function wronglyWithMeta(lines: object): Evidence {
    return wrongly(lines, { body: undefined, meta });
  }
});

describe('a key that is no pair with the serial', () => {
  const evidence = over(requestMessage(right), {
    certificate: undefined,
    privateKey,
    body: undefined,
    meta,
    signInformation: signInformation(right),
  });

  it('is told where the service verified the very string that was signed', () => {
    const [found] = explain(evidence);
    expect(found).toMatchObject({ mistake: 'keyNotOfSerial', certain: true });
    expect(found?.message.en).toContain(certificate.serialNo);
    expect(found?.remedy.en).toMatch(/openssl x509 .* -pubkey.*openssl pkey .* -pubout/);
  });

  it('is not concluded beside the certificate itself, or where the service says nothing', () => {
    expect(explained({ ...evidence, certificate })).toEqual(['signatureRight']);
    expect(explained({ ...evidence, signInformation: undefined })).toEqual(['signatureRight']);
  });
});

describe('the five lines', () => {
  const query = '?limit=10&name=%E5%9B%BE';
  const list = (signed: string) =>
    over(`GET\n${signed}\n${timestamp}\n${nonce}\n\n`, {
      method: 'GET',
      url: `https://127.0.0.1:8787/v3/coupons${query}`,
      body: '',
    });

  it.each<[string, string, Evidence]>([
    ['methodDiffers', 'method in lower case', wrongly({ method: 'post' })],
    ['methodDiffers', 'another method', wrongly({ method: 'GET' })],
    ['hostInUrl', 'main host', wrongly({ url: `https://api.mch.weixin.qq.com${url}` })],
    ['hostInUrl', 'backup host without scheme', wrongly({ url: `api2.mch.weixin.qq.com${url}` })],
    ['hostInUrl', 'the host it was sent to', list(`https://127.0.0.1:8787/v3/coupons${query}`)],
    ['hostInUrl', 'that host without scheme', list(`127.0.0.1:8787/v3/coupons${query}`)],
    ['queryLost', 'query', list('/v3/coupons')],
    ['urlDiffers', 'query decoded', list('/v3/coupons?limit=10&name=图')],
    ['urlDiffers', 'query escaped twice', list('/v3/coupons?limit=10&name=%25E5%259B%25BE')],
    ['urlDiffers', 'slash at the end', wrongly({ url: `${url}/` })],
    ['urlDiffers', 'slash at the end lost', wrongly({ url }, { url: `${url}/`, body: undefined, meta })],
    ['urlDiffers', 'no slash first', wrongly({ url: url.slice(1) })],
    ['urlDiffers', 'no /v3', wrongly({ url: url.slice(3) })],
    ['timestampDiffers', 'time taken again a second later', wrongly({ timestamp: '1795424401' })],
    ['timestampDiffers', 'time taken 5 s before', wrongly({ timestamp: '1795424395' })],
    ['timestampDiffers', 'milliseconds', wrongly({ timestamp: '1795424400000' })],
    ['nonceDiffers', 'nonce in lower case', wrongly({ nonce: nonce.toLowerCase() })],
    ['emptyBodySigned', 'an upload signed over nothing', wrongly({ body: '' })],
    ['emptyBodySigned', 'JSON signed over nothing', json('{"a":1}', '')],
    ['wholeBodySigned', 'the form', wrongly({ body })],
    ['wholeBodySigned', 'the form, taken for text', wrongly({ body: body.toString() })],
    ['fileSigned', 'the file', wrongly({ body: file })],
    [
      'metaReserialised',
      'meta with indentation',
      wrongly({ body: JSON.stringify(JSON.parse(meta), null, 2) }),
    ],
    [
      'metaReserialised',
      'meta by Python',
      wrongly({ body: meta.replace(',', ', ').replaceAll('":', '": ').replace('图片', '\\u56fe\\u7247') }),
    ],
    [
      'metaReserialised',
      'meta by Python, as it is read',
      wrongly({ body: meta.replace(',', ', ').replaceAll('":', '": ') }),
    ],
    ['metaReserialised', 'meta by PHP', wrongly({ body: meta.replace('图片/', '\\u56fe\\u7247\\/') })],
    ['metaReserialised', 'meta by Go', wrongly({ body: meta.replace('<b>', '\\u003cb\\u003e') })],
    [
      'metaReserialised',
      'meta in another order',
      wrongly({ body: JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(meta)).reverse())) }),
    ],
    [
      'metaReserialised',
      'meta with indentation and a line feed more',
      wrongly({ body: `${JSON.stringify(JSON.parse(meta), null, 2)}\n` }),
    ],
    [
      'metaReserialised',
      'meta given beside the form',
      wrongly({ body: '{"filename":"b.png"}' }, { meta: '{"filename":"b.png"}' }),
    ],
    [
      'bodyReserialised',
      'JSON compact, sent with indentation',
      json('{\n  "b": 1,\n  "a": [1, {"c": null}]\n}', '{"b":1,"a":[1,{"c":null}]}'),
    ],
    [
      'bodyReserialised',
      'JSON with indentation, sent compact',
      json('{"b":1,"a":[]}', '{\n    "b": 1,\n    "a": []\n}'),
    ],
    ['bodyReserialised', 'JSON with sorted keys', json('{"b":1,"c":2,"a":3}', '{"a":3,"b":1,"c":2}')],
    [
      'bodyReserialised',
      'JSON by Python, nested',
      json('{"b":[1,{"c":"图"}],"d":{}}', '{"b": [1, {"c": "\\u56fe"}], "d": {}}'),
    ],
    ['bodyReserialised', 'a list', json('[1,2]', '[1, 2]')],
    ['bodyReserialised', 'text that is no JSON, trimmed', json(' a=1\r\n', 'a=1')],
    ['bodySignedWhereNone', '{} for nothing', json('', '{}')],
    ['bodySignedWhereNone', 'null for nothing', json('', 'null')],
    ['lastLineFeedMissing', 'of an upload', over(requestMessage(right).subarray(0, -1))],
    [
      'lastLineFeedMissing',
      'of a GET: four lines',
      over('GET\n/v3/certificates\n1795424400\nZm9vYmFyMTIzNDU2Nzg5MGFiY2RlZmdo\n', {
        method: 'GET',
        url: '/v3/certificates',
        body: '',
      }),
    ],
    ['lineFeedsWrong', 'CR LF', over(requestMessage(right).toString().replaceAll('\n', '\r\n'))],
    [
      'lineFeedsWrong',
      'a backslash and an n',
      over(requestMessage(right).toString().replaceAll('\n', '\\n')),
    ],
    ['lineFeedsWrong', 'one too many', over(`${requestMessage(right)}\n`)],
    ['lineFeedsWrong', 'none', over(requestMessage(right).toString().replaceAll('\n', ''))],
    ['lineOrderWrong', 'nonce before timestamp', over(`POST\n${url}\n${nonce}\n${timestamp}\n${meta}\n`)],
  ])('%s: %s', (mistake, _, evidence) => {
    expect(explained(evidence)).toEqual([mistake]);
    // A log of the signed string gives the same finding with and without a key; only for line feeds it differs.
    if (mistake === 'lineFeedsWrong') return;
    const signedMessage = signedMessages.get(evidence);
    expect(explained({ ...evidence, signedMessage })).toEqual([mistake]);
    expect(explained({ ...evidence, signedMessage, certificate: undefined })).toEqual([mistake]);
  });

  it.each([
    ['hostInUrl', 'wholeBodySigned', { url: `https://api.mch.weixin.qq.com${url}`, body }],
    ['timestampDiffers', 'emptyBodySigned', { timestamp: '1795424402', body: '' }],
    [
      'methodDiffers',
      'metaReserialised',
      { method: 'post', body: JSON.stringify(JSON.parse(meta), null, 4) },
    ],
  ])('%s and %s at once', (first, second, lines) => {
    expect(explained(wrongly(lines))).toEqual([first, second]);
  });

  it('a body without line feed at its end and the last one missing', () => {
    expect(explained(over(requestMessage({ ...right, body: '' }).subarray(0, -1)))).toEqual([
      'emptyBodySigned',
      'lastLineFeedMissing',
    ]);
  });

  it('tells what was signed and what ought to have been', () => {
    const [finding] = explain(wrongly({ url: `https://api.mch.weixin.qq.com${url}` }));
    expect(finding?.message.en).toBe(
      `The second signed line contains the host: https://api.mch.weixin.qq.com${url}`,
    );
    expect(finding?.remedy['zh-CN']).toBe(`第二行只用路径和查询串：${url}`);
    const [long] = explain(
      json(JSON.stringify({ a: '长'.repeat(300) }), JSON.stringify({ a: '长'.repeat(300) }, null, 2)),
    );
    expect(long?.message.en).toMatch(/twice: \{\n {2}"a": "长+… was signed, \{"a":"长+… was sent$/);
  });

  it('are not certain where nothing fits', () => {
    expect(explained(wrongly({ nonce: 'another1another1another1another1' }))).toEqual([
      'nonceDiffers?',
      'bodyDiffers?',
    ]);
    expect(explained(json('', '', { authorization: header(signedBy('something else')) }))).toEqual([
      'nonceDiffers?',
    ]);
  });

  it('of a body that is not at hand, an empty one is seen', () => {
    expect(explained(wrongly({ body: '' }, { body: undefined }))).toEqual(['emptyBodySigned']);
    expect(explained(wrongly({}, { body: undefined }))).toEqual([]);
    expect(explained({ authorization: header(signedBy('x')), certificate })).toEqual([]);
  });

  it('are looked for in an upload of 2 MiB within a second or two of the processor’s', () => {
    const image = randomBytes(2 * 1024 * 1024);
    const large = form(metaPart, part('Content-Disposition: form-data; name=file', image));
    const before = process.cpuUsage();
    expect(explained(wrongly({ nonce: 'another1another1another1another1' }, { body: large }))).toEqual([
      'nonceDiffers?',
      'bodyDiffers?',
    ]);
    expect(process.cpuUsage(before).user).toBeLessThan(3_000_000);
  });
});

describe('the string from a log', () => {
  const logged = (message: string | Uint8Array, change: Evidence = {}): Evidence => ({
    ...over(requestMessage(right)),
    certificate: undefined,
    signedMessage: message,
    ...change,
  });
  const lines = (change: object) => requestMessage({ ...right, ...change });

  it.each<[string[], string, string | Uint8Array]>([
    [[], 'the right one, without a key', requestMessage(right)],
    [['methodDiffers'], 'method', lines({ method: 'OPTIONS' })],
    [['hostInUrl'], 'a host of any name', lines({ url: `https://pay.example.test${url}` })],
    [['urlDiffers'], 'url', lines({ url: '/v3/other' })],
    [['timestampDiffers'], 'timestamp', lines({ timestamp: '1795420000' })],
    [['nonceDiffers'], 'nonce', lines({ nonce: 'another1another1another1another1' })],
    [['emptyBodySigned'], 'no body', lines({ body: '' })],
    [['wholeBodySigned'], 'the form', lines({ body })],
    [
      ['wholeBodySigned'],
      'a form of another boundary',
      lines({ body: body.toString().replaceAll(boundary, 'other') }),
    ],
    [['bodyDiffers'], 'another body', lines({ body: '{"filename":"b.png"}' })],
    [
      ['metaReserialised'],
      'meta with indentation',
      lines({ body: JSON.stringify(JSON.parse(meta), null, 2) }),
    ],
    [['lineOrderWrong'], 'order', `POST\n${url}\n${nonce}\n${timestamp}\n${meta}\n`],
    [['lineFeedsWrong'], 'CR LF', requestMessage(right).toString().replaceAll('\n', '\r\n')],
    [['lineFeedsWrong'], 'a backslash and an n', requestMessage(right).toString().replaceAll('\n', '\\n')],
    [['lastLineFeedMissing'], 'the last line feed', requestMessage(right).subarray(0, -1)],
    [
      ['nonceDiffers', 'emptyBodySigned', 'lastLineFeedMissing'],
      'three',
      lines({ nonce: 'other', body: '' }).subarray(0, -1),
    ],
  ])('%j: %s', (expected, _, message) => {
    expect(explained(logged(message))).toEqual(expected);
  });

  it('of four lines lacks the last line feed', () => {
    const message = `GET\n/v3/certificates\n${timestamp}\n${nonce}\n`;
    const evidence = {
      method: 'GET',
      url: '/v3/certificates',
      authorization: header(signedBy(message)),
      signedMessage: message,
    };
    expect(explained(evidence)).toEqual(['lastLineFeedMissing']);
    expect(explained({ ...evidence, certificate })).toEqual(['lastLineFeedMissing']);
  });

  it('of one line is wrong in each', () => {
    expect(explained(logged('nonsense'))).toEqual([
      'methodDiffers',
      'urlDiffers',
      'timestampDiffers',
      'nonceDiffers',
      'emptyBodySigned',
      'lastLineFeedMissing',
    ]);
  });

  it('of another request is not believed where the signature tells', () => {
    const evidence = over(requestMessage(right), { signedMessage: lines({ nonce: 'other' }) });
    expect(explained(evidence)).toEqual(['signatureRight']);
  });

  it('is compared with what the service verified, where nothing else is known', () => {
    const information = signInformation(right);
    const compared = (message: Uint8Array) =>
      explained({ signedMessage: message, signInformation: information });
    expect(compared(requestMessage(right))).toEqual([]);
    expect(compared(lines({ nonce: 'other' }))).toEqual(['nonceDiffers']);
    expect(compared(lines({ timestamp: '1795424401' }))).toEqual(['timestampDiffers']);
    expect(compared(lines({ body: '' }))).toEqual(['emptyBodySigned']);
    expect(compared(lines({ body }))).toEqual(['wholeBodySigned']);
    expect(compared(lines({ body: '{}' }))).toEqual(['bodyDiffers']);
  });

  it('proves little beside an incomplete request', () => {
    expect(
      explained({
        signedMessage: requestMessage(right),
        authorization: header(signedBy(requestMessage(right))),
        certificate,
      }),
    ).toEqual(['bodyDiffers']);
  });
});

describe('what the service found (sign_information)', () => {
  it.each<[string[], string, Evidence]>([
    [
      ['metaNotFound'],
      'no meta, though it was sent',
      over(requestMessage(right), { signInformation: signInformation({ ...right, body: '' }) }),
    ],
    [
      ['metaNotFound'],
      'no meta, and nothing else is known',
      { signInformation: signInformation({ ...right, body: '' }) },
    ],
    [
      ['metaNotFound'],
      'a form with a part whose name only begins so',
      over(requestMessage(right), {
        body: form(part('Content-Disposition: form-data; name="meta-data"', meta), filePart),
      }),
    ],
    [
      ['metaNotFound'],
      'a form with no part of that name',
      over(requestMessage(right), { body: form(filePart), meta }),
    ],
    [
      ['metaNotFound', 'emptyBodySigned'],
      "the page's own samples: JSON, nothing signed (contract 1.6)",
      wrongly({ body: '' }, { body: '' }),
    ],
    [
      ['metaNotFound', 'wholeBodySigned'],
      'meta sent as the whole body',
      wrongly({ body: meta }, { body: meta }),
    ],
    [
      ['bodyLengthDiffers'],
      'another length',
      over(requestMessage(right), { signInformation: signInformation({ ...right, body: `${meta} ` }) }),
    ],
    [
      ['urlRewritten'],
      'another URL',
      over(requestMessage(right), { signInformation: signInformation({ ...right, url: `/gateway${url}` }) }),
    ],
    [
      ['urlRewritten'],
      'a query that was lost on the way',
      over(requestMessage({ ...right, url: `${url}?a=1` }), {
        url: `${url}?a=1`,
        signInformation: signInformation(right),
      }),
    ],
    [['clockOff'], 'an old timestamp', { signInformation: signInformation(right), serverNow: now + 301 }],
    [[], 'nothing wrong, by itself', { signInformation: signInformation(right) }],
    [
      ['emptyBodySigned'],
      'an empty signature beside it',
      wrongly({ body: '' }, { body: undefined, signInformation: signInformation(right) }),
    ],
  ])('%j: %s', (expected, _, evidence) => {
    expect(explained(evidence)).toEqual(expected);
  });

  it.each([
    {},
    { sign_message_length: 1 },
    { sign_message_length: 'x', truncated_sign_message: 'x' },
    { sign_message_length: 5, truncated_sign_message: 'one\ntwo' },
    { sign_message_length: 5, truncated_sign_message: 7 },
  ])('is not used where it has another form: %j', (signInformation) => {
    expect(explained(over(requestMessage(right), { signInformation: signInformation as never }))).toEqual([
      'signatureRight',
    ]);
  });

  it('of a GET without a body is right', () => {
    const get = { method: 'GET', url: '/v3/certificates', timestamp, nonce, body: '' };
    expect(
      explained({
        signInformation: signInformation(get),
        authorization: header(signedBy(requestMessage(get))),
        certificate,
      }),
    ).toEqual(['signatureRight']);
  });
});

describe('keys', () => {
  const good = requestMessage(right);
  it.each<[string[], string, Evidence]>([
    [
      ['keyNotOfCertificate'],
      'key and certificate of two merchants',
      over(good, { authorization: header(signedBy(good, otherKey)), privateKey: otherKey }),
    ],
    [
      ['keyNotOfCertificate'],
      'of two merchants, before anything is signed',
      { certificate, privateKey: otherKey },
    ],
    [
      ['keyNotOfCertificate', 'wholeBodySigned'],
      'of two merchants, and another mistake',
      over(good, {
        authorization: header(signedBy(requestMessage({ ...right, body }), otherKey)),
        privateKey: otherKey,
      }),
    ],
    [
      ['signatureRight'],
      'of two merchants, but the signature is by the right one',
      over(good, { privateKey: otherKey }),
    ],
    [
      ['keyWrong'],
      'a key that is not known here',
      over(good, { authorization: header(signedBy(good, otherKey)) }),
    ],
    [
      ['keyWrong'],
      'likewise, beside a pair',
      over(good, { authorization: header(signedBy(good, otherKey)), privateKey }),
    ],
    [
      ['keyWrong'],
      'likewise, without a certificate',
      over(good, { authorization: header(signedBy(good, otherKey)), certificate: undefined, privateKey }),
    ],
    [
      ['keyWrong'],
      'a signature altered on the way',
      over(good, { authorization: header(`AAAA${signedBy(good).slice(4)}`) }),
    ],
    [['keyWrong'], 'half a signature', over(good, { authorization: header(signedBy(good).slice(0, 172)) })],
    [['keyWrong'], 'a signature that is no base64', over(good, { authorization: header('=abc') })],
    [
      ['algorithmWrong'],
      'SHA-1',
      over(good, { authorization: header(signedBy(good, privateKey, 'RSA-SHA1')) }),
    ],
    [
      ['algorithmWrong'],
      'MD5, over something unknown',
      over(good, { authorization: header(signedBy('unknown', privateKey, 'RSA-MD5')) }),
    ],
    [
      ['algorithmWrong', 'emptyBodySigned'],
      'SHA-512, and another mistake',
      over(good, {
        authorization: header(signedBy(requestMessage({ ...right, body: '' }), privateKey, 'RSA-SHA512')),
      }),
    ],
    [
      ['algorithmWrong'],
      'SHA-1, with the string from the log',
      over(good, { authorization: header(signedBy(good, privateKey, 'RSA-SHA1')), signedMessage: good }),
    ],
    [['algorithmWrong'], 'PSS', over(good, { authorization: header(pss(good)) })],
    [
      ['keyWrong'],
      'what looks like PSS and covers nothing',
      over(good, { authorization: header(pss('unknown')) }),
    ],
    [[], 'no key at all', over(good, { certificate: undefined })],
  ])('%j: %s', (expected, _, evidence) => {
    expect(explained(evidence)).toEqual(expected);
  });

  it("finds the caller's own key where its signature looks like PSS to the certificate's", () => {
    // One message in 256, so that every run finds one.
    for (let number = 0; ; number += 1) {
      const message = requestMessage({ ...right, nonce: `${nonce}${number}` });
      const signature = signedBy(message, otherKey);
      if (!recoverSignature(signature, certificate.publicKey)) continue;
      const evidence = over(message, { authorization: header(signature), privateKey: otherKey });
      return expect(explained(evidence)).toContain('keyNotOfCertificate');
    }
  });

  function pss(message: string | Uint8Array): string {
    return sign('RSA-SHA256', Buffer.from(message), {
      key: privateKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
    }).toString('base64');
  }
});

describe('the header', () => {
  const good = requestMessage(right);
  const authorization = header(signedBy(good));
  const decimal = BigInt(`0x${certificate.serialNo}`).toString();
  const withSerial = (serialNo: string) => header(signedBy(good), { serialNo });

  it.each<[string[], string, Evidence]>([
    [['authorizationMissing'], 'not sent', { authorization: '' }],
    [[], 'not known', {}],
    [['authorizationMalformed'], 'no quotes', { authorization: authorization.replaceAll('"', '') }],
    [['authorizationMalformed'], 'a field too many', { authorization: `${authorization},version="1"` }],
    [['authorizationMalformed'], 'a comma at the end', { authorization: `${authorization},` }],
    [['authorizationMalformed'], 'a field twice', { authorization: `${authorization},nonce_str="${nonce}"` }],
    [
      ['authorizationMalformed'],
      'a nonce with hyphens',
      { authorization: authorization.replace(nonce, '593bec0c-930b-f1af') },
    ],
    [['authorizationMalformed'], 'no signature', { authorization: header('') }],
    [['authorizationMalformed'], 'no serial', { authorization: withSerial('') }],
    [
      ['schemeMixed'],
      "brand's endpoint, merchant's scheme",
      { authorization, url: '/brand/marketing/product-coupon/media/upload-image' },
    ],
    [
      ['schemeMixed'],
      "merchant's endpoint, brand's scheme",
      { authorization: header('AAAA', { scheme: 'brand' }), url },
    ],
    [
      ['schemeMixed'],
      "brand's type with mchid",
      { authorization: authorization.replace('WECHATPAY2', 'WECHATPAY-BRAND') },
    ],
    [
      ['schemeMixed'],
      'another type',
      { authorization: authorization.replace('WECHATPAY2-SHA256-RSA2048', 'Bearer') },
    ],
    [[], "brand's scheme, endpoint unknown", { authorization: header('AAAA', { scheme: 'brand' }) }],
    [
      ['timestampInMilliseconds'],
      'timestamp',
      { authorization: authorization.replace(timestamp, `${timestamp}000`) },
    ],
    [['serialDecimal'], 'serial', { authorization: withSerial(decimal), certificate }],
    [['serialDecimal'], 'serial, by its look', { authorization: withSerial(decimal) }],
    [
      ['serialDecimal?'],
      'serial, by a look that may deceive',
      { authorization: withSerial(decimal.slice(0, 38)) },
    ],
    [[], 'a short serial of digits', { authorization: withSerial('1234567890') }],
    [
      ['serialOfAnotherCertificate'],
      'a short serial of digits, beside a certificate',
      { authorization: withSerial('1234567890'), certificate },
    ],
    [
      ['serialOfAnotherCertificate'],
      'serial of another certificate',
      { authorization: withSerial(otherCertificate.serialNo), certificate },
    ],
    [[], 'serial in lower case', { authorization: withSerial(certificate.serialNo.toLowerCase()) }],
    [
      ['platformCertificate'],
      "the platform's serial",
      {
        authorization: withSerial(platformCertificate.serialNo.toLowerCase()),
        certificate,
        platformCertificate,
      },
    ],
    [
      ['platformCertificate'],
      "the platform's public key id",
      { authorization: withSerial('PUB_KEY_ID_0116000000012026112300000000000001') },
    ],
    [
      ['platformCertificate'],
      "the platform's certificate given as the merchant's",
      over(good, {
        certificate: platformCertificate,
        privateKey,
        authorization: withSerial(platformCertificate.serialNo),
      }),
    ],
    [
      ['platformCertificate'],
      'likewise, of another name',
      over(good, {
        certificate: { ...platformCertificate, commonName: 'sandbox' },
        platformCertificate,
        privateKey,
      }),
    ],
    [
      ['certificateOfAnotherMerchant?'],
      "another merchant's certificate",
      { authorization: withSerial(otherCertificate.serialNo), certificate: otherCertificate },
    ],
    [['signatureRight'], 'a certificate without a name', over(good, { certificate: nameless(certificate) })],
  ])('%j: %s', (expected, _, evidence) => {
    expect(explained(evidence).filter((name) => name !== 'keyWrong')).toEqual(expected);
  });

  function nameless({ commonName: _, ...rest }: typeof certificate) {
    return rest;
  }

  it('gets a finding that says what is wrong', () => {
    const text = (authorization: string) => explain({ authorization })[0]?.message.en;
    expect(text(authorization.replace(nonce, 'short'))).toMatch(/malformed: nonce_str is missing/);
    expect(text(authorization.replace(nonce, '593bec0c-930b-f1af'))).toMatch(
      /malformed: nonce_str \(with the character "-"\) is/,
    );
    expect(text(authorization.replace(nonce, 'V1StGXR8_Z5jdHi6B'))).toMatch(
      /nonce_str \(with the character "_"\)/,
    );
    expect(text(`${authorization},version="1"`)).toMatch(/malformed: version is/);
    expect(text(`${authorization},`)).toMatch(/malformed: "," is/);
    expect(explain({ authorization: withSerial(decimal), certificate })[0]?.remedy.en).toContain(
      certificate.serialNo,
    );
    expect(explain({ authorization: withSerial(decimal) })[0]?.remedy.en).toContain(certificate.serialNo);
  });
});

describe('the clock', () => {
  const authorization = header(signedBy(requestMessage(right)));
  it.each<[string[], Evidence]>([
    [[], { serverNow: now + 300 }],
    [['clockOff'], { serverNow: now + 301 }],
    [['clockOff'], { serverNow: now - 301 }],
    [['clockOff'], { serverNow: now + 301, now }],
    [['clockOff?'], { now: now - 301 }],
    [[], { now: now + 301, serverNow: now }],
  ])('%j: %j', (expected, clocks) => {
    expect(explained({ authorization, ...clocks })).toEqual(expected);
  });

  it('gets a finding that says by how much', () => {
    const [finding] = explain({ authorization, serverNow: now + 3600.4 });
    expect(finding?.message.en).toContain('-3600 seconds');
  });
});

describe('findings', () => {
  it.each(Object.entries(mistakes))(
    '%s has both languages, and the same places to fill',
    (_, { message, remedy }) => {
      for (const texts of [message, remedy]) {
        expect(texts['zh-CN']).toMatch(/[\u4e00-\u9fff]/);
        expect(texts.en).not.toMatch(/[\u4e00-\u9fff]/);
        const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
        expect(places(texts.en)).toEqual(places(texts['zh-CN']));
      }
    },
  );

  it('come, or do not, but never an error, whatever the evidence', () => {
    const text = fc.option(fc.oneof(fc.string(), fc.constant(url), fc.constant(meta)), { nil: undefined });
    const evidence = fc.record<Evidence>({
      method: text,
      url: text,
      authorization: fc.option(
        fc.oneof(
          fc.string(),
          fc.tuple(fc.nat(700), fc.string()).map(([at, insert]) => {
            const whole = header(signedBy(requestMessage(right)));
            return whole.slice(0, at) + insert + whole.slice(at + insert.length);
          }),
        ),
        { nil: undefined },
      ),
      body: fc.option(fc.oneof(fc.uint8Array(), fc.string(), fc.constant(body)), { nil: undefined }),
      meta: text,
      signedMessage: text,
      certificate: fc.constantFrom(undefined, certificate, otherCertificate),
      privateKey: fc.constantFrom(undefined, privateKey, otherKey),
      platformCertificate: fc.constantFrom(undefined, platformCertificate),
      now: fc.option(fc.double(), { nil: undefined }),
      serverNow: fc.option(fc.double(), { nil: undefined }),
    });
    fc.assert(
      fc.property(evidence, (given) => {
        for (const { message, remedy } of explain(given)) {
          for (const texts of [message, remedy]) expect(texts.en).not.toBe('');
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('what was signed', () => {
  const changed = meta.replace(',', ', ').replaceAll('":', '": ');
  it.each<[string, Evidence, readonly (string | Buffer)[]]>([
    ['meta in another form', wrongly({ body: changed }), ['POST', url, timestamp, nonce, changed]],
    ['the whole body', wrongly({ body }), ['POST', url, timestamp, nonce, body]],
    ['another method', wrongly({ method: 'GET' }), ['GET', url, timestamp, nonce, meta]],
    [
      'no line feed at the end',
      over(String(requestMessage(right)).slice(0, -1)),
      ['POST', url, timestamp, nonce, meta],
    ],
  ])('%s', (_, evidence, lines) => {
    const found = recoverSignedLines(evidence);
    expect(found?.lines.map(String)).toEqual(lines.map(String));
    expect(found?.message.equals(Buffer.from(signedMessages.get(evidence) ?? ''))).toBe(true);
  });

  it('stays unknown if no mistake of the table gives it, or without the key', () => {
    expect(recoverSignedLines(over('something else'))).toBeUndefined();
    expect(
      recoverSignedLines(over(requestMessage(right), { certificate: otherCertificate })),
    ).toBeUndefined();
    expect(recoverSignedLines({ method: 'POST', url, meta })).toBeUndefined();
  });
});
