import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SignedUpload, signedUpload, type UploadShape } from './support/exchange.js';
import { type TestSandbox, testSandbox } from './support/sandbox.js';
import { httpBytes, type RawConnection, rawConnection } from './support/service.js';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await testSandbox();
});
afterAll(() => sandbox.end());

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

describe('Expect: 100-continue (contract 5.10)', () => {
  test.each(['100-continue', '100-Continue', 'foo, 100-continue'])(
    '%s: an accepted sender gets 100 Continue and then the response',
    async (expectation) => {
      const connection = await opened();
      const { head, body } = httpBytes(await upload({ headers: { Expect: expectation } }));
      connection.socket.write(head);
      await expect.poll(connection.received).toBe(CONTINUE);
      connection.socket.write(body);
      await expect
        .poll(connection.received)
        .toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n[\s\S]*image_url/);
    },
  );

  test.each<[string, UploadShape, number]>([
    ['a bad Authorization', { authorization: 'none' }, 401],
    ['a clock behind', { skew: -301 }, 401],
    ['no Accept', { headers: { Accept: undefined } }, 400],
    ['an unknown path', { path: '/v3/unknown' }, 404],
    ['a body that says it is too large', { body: Buffer.alloc(9 * 1024 * 1024) }, 413],
  ])('%s: the sender is refused on the headers, before a byte of the body', async (_, shape, status) => {
    const connection = await opened();
    const { head } = httpBytes(
      await upload({ ...shape, headers: { Expect: '100-continue', ...shape.headers } }),
    );
    connection.socket.write(head);
    await expect.poll(connection.received).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(connection.received()).not.toContain('100 Continue');
    expect(connection.received()).toMatch(/^connection: close\r$/im);
  });

  test('a client that sends the body without waiting still receives the refusal', async () => {
    const connection = await opened();
    const { head, body } = httpBytes(
      await upload({
        authorization: 'none',
        headers: { Expect: '100-continue' },
        file: Buffer.alloc(2_000_000),
      }),
    );
    connection.socket.write(Buffer.concat([Buffer.from(head), body]));
    expect(await connection.closed).toMatch(/^HTTP\/1\.1 401 [\s\S]*SIGN_ERROR/);
  });

  test('HTTP/1.0 has no such expectation, so the request is handled without it', async () => {
    const connection = await opened();
    const { head, body } = httpBytes(await upload({ headers: { Expect: '100-continue' } }));
    connection.socket.write(
      Buffer.concat([Buffer.from(head.replace(' HTTP/1.1\r\n', ' HTTP/1.0\r\n')), body]),
    );
    expect(await connection.closed).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*image_url/);
  });
});

function upload(shape: UploadShape): Promise<SignedUpload> {
  return signedUpload(sandbox.credentials, shape);
}

function opened(): Promise<RawConnection> {
  return rawConnection(Number(new URL(sandbox.credentials.baseUrl).port));
}
