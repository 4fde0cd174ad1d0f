import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { createTrace } from '../../dist/signed/trace.js';
import { handleUpload } from '../../dist/upload/pipeline.js';
import { imageFile, LAST, metaOf, part, sha256, stageServices, uploadHead } from '../upload/stages.js';
import { listening, uploadBytes } from './listening.js';

const GARBAGE = 'garbage\r\n\r\n';
const get = (file: Buffer) => `GET /images/${sha256(file)}.png HTTP/1.1\r\nHost: x\r\n\r\n`;

test('excess bytes after an upload get a response of their own, after that of the upload', async () => {
  const services = await stageServices();
  const { port } = await listening(services);
  for (let round = 0; round < 20; round += 1) {
    const { head, body } = await uploadBytes(imageFile(100 + round));
    const received = await exchanged(port, Buffer.concat([head, body, Buffer.from(GARBAGE)]));
    expect(statuses(received)).toEqual(['200', '400']);
    expect(received).toMatch(/"image_url":"[^"]+"}HTTP\/1\.1 400 [\s\S]*\r\nConnection: close\r\n/);
  }
});

test('garbage after a GET does not enter the image', async () => {
  const services = await stageServices();
  const file = imageFile(2_000_000);
  const head = await uploadHead(metaOf(file));
  const body = () => Readable.from([part('meta', metaOf(file)), part('file', file), LAST]);
  expect(
    (
      await handleUpload(
        { head, body, whenGone: () => () => undefined },
        services,
        createTrace('upload', head, 'A'),
      )
    )?.status,
  ).toBe(200);
  const { port } = await listening(services);
  const received = Buffer.from(await exchanged(port, get(file) + GARBAGE), 'latin1');
  const start = received.indexOf('\r\n\r\n') + 4;
  expect(received.subarray(start, start + file.length).equals(file)).toBe(true);
  expect(received.subarray(start + file.length).toString()).toMatch(/^HTTP\/1\.1 400 /);
});

test('a body that breaks off while its response is written does not add to that response', async () => {
  const services = await stageServices();
  const { port } = await listening(services);
  const chunked = get(imageFile()).replace('\r\n\r\n', '\r\nTransfer-Encoding: chunked\r\n\r\n');
  expect(statuses(await exchanged(port, `${chunked}no size\r\n`))).toEqual(['400']);
  expect(statuses(await exchanged(port, `${get(imageFile())}${chunked}no size\r\n`))).toEqual(['404', '400']);
});

test('uploads whose senders half-close are answered', async () => {
  const { port } = await listening(await stageServices());
  for (let round = 0; round < 20; round += 1) {
    const { head, body } = await uploadBytes(imageFile(100 + round));
    expect(statuses(await exchanged(port, Buffer.concat([head, body]), true))).toEqual(['200']);
  }
});

test('half an upload followed by a half-close gets a 400', async () => {
  const { port } = await listening(await stageServices());
  const { head, body } = await uploadBytes(imageFile(100_000));
  expect(statuses(await exchanged(port, Buffer.concat([head, body.subarray(0, 50_000)]), true))).toEqual([
    '400',
  ]);
});

/** @returns everything that is received until the other end closes */
async function exchanged(port: number, bytes: string | Buffer, halfCloses = false): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  let received = '';
  socket.on('data', (more) => {
    received += more.toString('latin1');
  });
  socket.on('error', () => {});
  socket.write(bytes);
  if (halfCloses) socket.end();
  await once(socket, 'end');
  socket.end();
  return received;
}

function statuses(received: string): (string | undefined)[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status);
}
