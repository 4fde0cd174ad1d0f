import { connect } from 'node:net';
import { Refusal } from '@coupon-media/apiv3';
import { describe, expect, test } from 'vitest';
import { publishUnder, type SignedRoute, type Trace, type Writer } from '../../dist/index.js';
import { imageFile, MCHID, metaOf, NOW, sha256 } from '../upload/stages.js';
import { callOf, composed, seeded, uploadOf } from './composed.js';

const FILE = imageFile();
const META = metaOf(FILE);
const URL_OF_FILE = `http://images.example/images/${sha256(FILE)}.png`;

const ECHO: SignedRoute = {
  name: 'echo',
  method: 'POST',
  path: '/v3/echo',
  scheme: 'merchant',
  bodyLimit: 100,
  handle({ body, caller }) {
    if (String(body) === '"refuse"') throw new Refusal('permissionMissing');
    return { body: JSON.stringify({ caller: caller.id, body: String(body) }) };
  },
};

/** Sends any other signed request. */
const REST: SignedRoute = {
  name: 'rest',
  method: 'GET',
  path: /^\/v3\//,
  scheme: 'merchant',
  handle: () => ({ status: 404, body: '{"code":"RESOURCE_NOT_EXISTS"}' }),
};

test('with a fixed clock and seeded randomness a service repeats its bytes', async () => {
  const upload = await uploadOf(FILE, META);
  const [one, other] = [await composed({ random: seeded('7') }), await composed({ random: seeded('7') })];
  const [first, second] = [await one.send(upload), await other.send(upload)];
  const { Date: _, ...headers } = first.headers;
  expect(second).toMatchObject({ status: 200, headers, text: first.text, fault: undefined });
  const chance = seeded('7');
  expect(headers).toMatchObject({
    'Request-ID': `${chance.id().toUpperCase()}-0`,
    'Wechatpay-Nonce': chance.id(),
    'Wechatpay-Timestamp': String(NOW),
  });
});

describe('a signed route beside the uploads', () => {
  test('is called once the request is authenticated, and its response is signed', async () => {
    const { send } = await composed({ routes: [ECHO] });
    const call = await callOf('POST', '/v3/echo?a=b', '{"a":1}');
    const answered = await send(call);
    expect(answered).toMatchObject({ status: 200, fault: undefined });
    expect(JSON.parse(answered.text)).toEqual({ caller: MCHID, body: '{"a":1}' });
    // The request is sent once, because it uses up its nonce.
    expect(await send(call)).toMatchObject({ status: 401, fault: undefined });
  });

  test.each([
    ['a wrong signature', '{"a":1}', 'something else', 401, 'unsigned'],
    ['a body over its limit', `"${'x'.repeat(99)}"`, undefined, 413, 'unsigned'],
    ["the handler's refusal", '"refuse"', undefined, 403, undefined],
  ])('%s: %s', async (_, body, signed, status, fault) => {
    const { send } = await composed({ routes: [ECHO] });
    expect(await send(await callOf('POST', '/v3/echo', body, signed))).toMatchObject({
      status,
      fault,
    });
  });

  test('may have a pattern, which is tried after whole paths, and may set the status of its response', async () => {
    const { send } = await composed({ routes: [REST, ECHO] });
    const wrongMethod = await send(await callOf('PUT', '/v3/echo', ''));
    expect([wrongMethod.status, wrongMethod.headers.Allow]).toEqual([405, 'POST, GET']);
    expect(await send(await callOf('GET', '/v3/else', ''))).toMatchObject({
      status: 404,
      fault: undefined,
    });
    expect(await send(await callOf('POST', '/v3/echo', '1'))).toMatchObject({ status: 200 });
    expect(await send(await callOf('GET', '/v3/certificates', ''))).toMatchObject({ status: 200 });
  });

  test('may also be a route that writes its own response', async () => {
    const { send } = await composed({
      routes: [
        {
          path: /^\/sandbox\//,
          handle: async (_, response) => void response.writeHead(204).end(),
        },
      ],
    });
    expect(await send({ method: 'DELETE', url: '/sandbox/x', headers: {}, body: '' })).toMatchObject({
      status: 204,
    });
  });
});

describe('the function that gives a stored image its URL', () => {
  test.each([
    ['at once', () => 'https://cdn.example/1'],
    ['later', async () => 'https://cdn.example/1'],
  ])('%s: its value is sent to the uploader', async (_, publish) => {
    const { send } = await composed({ publish });
    const answered = await send(await uploadOf(FILE, META));
    expect(answered).toMatchObject({ status: 200, fault: undefined });
    expect(JSON.parse(answered.text)).toEqual({ image_url: 'https://cdn.example/1' });
  });

  test('receives all data of the image and its endpoint', async () => {
    const seen: unknown[] = [];
    const { send } = await composed({
      publish(image) {
        seen.push(image);
        return publishUnder(() => 'http://images.example')(image);
      },
    });
    expect(JSON.parse((await send(await uploadOf(FILE, META))).text)).toEqual({ image_url: URL_OF_FILE });
    expect(seen).toMatchObject([
      {
        merchant: MCHID,
        filename: 'image.png',
        sha256: sha256(FILE),
        kind: 'png',
        bytes: FILE.length,
        uploadedAt: NOW * 1000,
        endpoint: { name: 'product-coupon' },
      },
    ]);
  });

  test('may refuse: the response is signed, the image stays, and the same request may be sent again, even after a restart', async () => {
    const upload = await uploadOf(FILE, META);
    const refusing = await composed({
      publish: () => Promise.reject(new Refusal('rateExceeded', { retryAfter: 3 })),
    });
    const refused = await refusing.send(upload);
    expect(refused).toMatchObject({ status: 429, fault: undefined, headers: { 'Retry-After': '3' } });
    await expect.poll(() => refusing.log.length).toBe(1);
    expect(JSON.parse(String(refusing.log))).toMatchObject({
      refusal: 'rateExceeded',
      stage: 'publish',
    });
    const image = new URL(URL_OF_FILE).pathname;
    expect(await refusing.send({ method: 'GET', url: image, headers: {}, body: '' })).toMatchObject({
      status: 200,
    });
    await refusing.close();
    const again = await composed({}, refusing.folder);
    expect(await again.send(upload)).toMatchObject({ status: 200, fault: undefined });
  });

  test('results in a signed 500 if it fails', async () => {
    const { send } = await composed({
      publish: () => {
        throw new Error('away');
      },
    });
    expect(await send(await uploadOf(FILE, META))).toMatchObject({ status: 500, fault: undefined });
  });

  test.each([
    ['nothing', ''],
    ['more than a response may have', `https://cdn.example/${'a'.repeat(240)}`],
  ])('fails as well if it returns %s', async (_, url) => {
    const { send, log } = await composed({ publish: () => url });
    expect(await send(await uploadOf(FILE, META))).toMatchObject({ status: 500, fault: undefined });
    await expect.poll(() => String(log)).toContain('publish must return a text of 1 to 256 characters');
  });
});

describe('a response that is about to be written', () => {
  test('can be replaced, and its new status decides whether the request is settled', async () => {
    const upload = await uploadOf(FILE, META);
    let away = true;
    const { send } = await composed({
      respond: (response) =>
        away ? { status: 503, headers: { 'Content-Length': '4' }, body: 'away' } : response,
    });
    expect(await send(upload)).toMatchObject({ status: 503, text: 'away' });
    away = false;
    expect(await send(upload)).toMatchObject({ status: 200, fault: undefined });
    expect(await send(upload)).toMatchObject({ status: 401 });
  });

  test('cannot hide a failure from the log', async () => {
    const { send, log } = await composed({
      publish: () => {
        throw new Error('away');
      },
      respond: (response) => ({ ...response, status: 202 }),
    });
    expect(await send(await uploadOf(FILE, META))).toMatchObject({ status: 202 });
    await expect.poll(() => log.length).toBe(1);
    expect(JSON.parse(String(log))).toMatchObject({
      level: 50,
      status: 202,
      refusal: 'systemError',
      err: { message: 'away' },
    });
  });

  test('can be written in any way, and counts as not sent unless it is complete', async () => {
    const ended: Trace[] = [];
    const cut: Writer = async (response) => {
      response.socket?.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"im');
      return false;
    };
    const { port, send } = await composed({
      trace: { end: (trace) => void ended.push(trace) },
      respond: (response, { request }) => (request.headers['x-fault'] ? cut : response),
    });
    const upload = await uploadOf(FILE, META);
    const faulty = { ...upload, headers: { ...upload.headers, 'X-Fault': 'cut' } };
    const broken = await rawly(port, faulty);
    expect(broken).toBe('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"im');
    await expect.poll(() => ended.length).toBe(1);
    expect(ended[0]).toMatchObject({ writtenWhole: false, refusal: undefined });
    expect(await send(upload)).toMatchObject({ status: 200, fault: undefined });
  });
});

test('a listener observes each stage as it begins, the bytes, and the end', async () => {
  const heard: string[] = [];
  let bytes = 0;
  const traces: Trace[] = [];
  const { send } = await composed({
    trace: {
      begin: ({ kind, head }) => void heard.push(`begin ${kind} ${head.method}`),
      within(_, act) {
        heard.push('within');
        return act();
      },
      stage: ({ stages }) => void heard.push(String(stages.at(-1))),
      received: (_, { length }) => {
        bytes += length;
      },
      end(trace) {
        heard.push('end');
        traces.push(trace);
      },
    },
  });
  const upload = await uploadOf(FILE, META);
  const answered = await send(upload);
  expect(heard).toEqual([
    'begin upload POST',
    'within',
    'enter',
    'identify',
    'receive',
    'authenticate',
    'admit',
    'receive',
    'validate',
    'store',
    'publish',
    'respond',
    'end',
  ]);
  expect(bytes).toBe(upload.body.length);
  expect(traces[0]).toMatchObject({
    requestId: answered.headers['Request-ID']?.split('-')[0],
    merchant: MCHID,
    stored: { sha256: sha256(FILE), bytes: FILE.length },
    response: { status: 200 },
    writtenWhole: true,
    received: bytes,
  });
  heard.length = 0;
  await send(await callOf('GET', '/v3/certificates', '', 'something else'));
  expect(heard).toEqual([
    'begin certificates GET',
    'within',
    'identify',
    'receive',
    'authenticate',
    'respond',
    'end',
  ]);
  expect(traces[1]).toMatchObject({ refusedIn: 'authenticate', refusal: { refusal: 'signatureWrong' } });
});

/** Sends a request and reads to the end of the connection. */
function rawly(
  port: number,
  { method, url, headers, body }: Awaited<ReturnType<typeof uploadOf>>,
): Promise<string> {
  const lines = Object.entries({ Host: 'x', 'Content-Length': String(body.length), ...headers });
  const head = [`${method} ${url} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`), '', ''];
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (more) => {
      text += more;
    });
    socket.on('error', reject);
    socket.on('end', () => resolve(text));
    socket.write(head.join('\r\n'));
    socket.write(body);
  });
}
