import { randomBytes } from 'node:crypto';
import type { FaultRow } from './row.js';
import { ended, flushed, reset } from './written.js';

/** Faults of the connection in place of a whole response. The first four are WireMock's. */
export const wireFaults = {
  CONNECTION_RESET_BY_PEER: {
    stage: 'writing',
    text: {
      en: 'the request is taken, and the connection is reset before the response',
      'zh-CN': '请求已处理，但应答之前连接被重置',
    },
    async write(_, __, { socket }) {
      reset(socket);
      return false;
    },
  },
  EMPTY_RESPONSE: {
    stage: 'writing',
    text: { en: 'the connection is closed without a response', 'zh-CN': '连接关闭，没有应答' },
    async write(_, response) {
      response.destroy();
      return false;
    },
  },
  MALFORMED_RESPONSE_CHUNK: {
    stage: 'writing',
    text: {
      en: '200, and then bytes that are no chunk of a chunked body',
      'zh-CN': '返回 200，但分块应答体的格式是错的',
    },
    async write(_, response, { socket }) {
      await last(socket, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno chunk\r\n');
      response.destroy();
      return false;
    },
  },
  RANDOM_DATA_THEN_CLOSE: {
    stage: 'writing',
    text: { en: 'random bytes in place of a response', 'zh-CN': '返回随机字节' },
    async write(_, response, { socket }) {
      // A first byte that begins no status line: by chance the others might begin with one.
      await last(socket, Buffer.concat([Buffer.of(0), randomBytes(63)]));
      response.destroy();
      return false;
    },
  },
  RESET_IN_BODY: {
    stage: 'writing',
    text: {
      en: 'the connection is reset in the middle of the body',
      'zh-CN': '应答体传到一半时连接被重置',
    },
    async write({ status, headers, body }, response, { socket }) {
      response.writeHead(status, headers);
      await flushed(response, firstHalf(body));
      reset(socket);
      return false;
    },
  },
  RESET_AFTER_BODY: {
    stage: 'writing',
    text: {
      en: 'the connection is reset right after the last byte of the response',
      'zh-CN': '应答最后一个字节之后连接立即被重置',
    },
    async write({ status, headers, body }, response, { socket }) {
      response.writeHead(status, headers);
      const written = await ended(response, body);
      reset(socket);
      return written;
    },
  },
  BODY_CUT_SHORT: {
    stage: 'writing',
    text: {
      en: 'the connection is closed in order after half of the body',
      'zh-CN': '应答体只传了一半，连接正常关闭',
    },
    async write({ status, headers, body }, response) {
      response.writeHead(status, headers);
      await flushed(response, firstHalf(body));
      response.destroy();
      return false;
    },
  },
} as const satisfies Record<string, FaultRow>;

function firstHalf(body: string | Buffer): Buffer {
  const bytes = Buffer.from(body);
  return bytes.subarray(0, Math.floor(bytes.length / 2));
}

/** Writes bytes past the response. Resolves when the operating system has them. */
function last(socket: { write(bytes: string | Buffer, done: () => void): unknown }, bytes: string | Buffer) {
  return new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
}
