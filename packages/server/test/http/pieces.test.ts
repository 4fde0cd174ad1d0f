import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { imageFile, stageServices } from '../upload/stages.js';
import { listening, uploadBytes } from './listening.js';

/** The number of pieces that count for 8 MiB (upload/receive.ts). */
const MOST = 16_384;

test('a body of 300,000 chunks of one byte is not read further than a body of 8 MiB (case A5)', async () => {
  let pieces = 0;
  const received = () => {
    pieces += 1;
  };
  const { port, log } = await listening(await stageServices(), { received });
  const { head, body } = await uploadBytes(imageFile(300_000));
  const lines = head.toString().replace(/Content-Length: \d+/, 'Transfer-Encoding: chunked');
  const chunked = [...body].map((byte) => `1\r\n${String.fromCharCode(byte)}\r\n`).join('');
  const response = await responseTo(port, Buffer.from(`${lines}${chunked}0\r\n\r\n`, 'latin1'));
  expect(response).toMatch(/^HTTP\/1\.1 413 /);
  expect(pieces).toBeLessThanOrEqual(MOST + 1);
  await expect.poll(() => log.join()).toContain('bodyTooLarge');
});

test('the same body to an unknown path is not read further either', async () => {
  const { port } = await listening(await stageServices());
  const head = 'POST /none HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
  expect(await responseTo(port, Buffer.from(head + '1\r\nx\r\n'.repeat(300_000)))).toMatch(
    /^HTTP\/1\.1 404 /,
  );
});

async function responseTo(port: number, bytes: Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(bytes);
  const [first] = await once(socket, 'data');
  socket.destroy();
  return String(first);
}
