import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, type Socket } from 'node:net';
import pino from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { createHttpServer } from '../../dist/http/server.js';
import { uploadRoutes } from '../../dist/http/upload.js';
import { logRequests } from '../../dist/observe/log.js';
import {
  LAST,
  metaOf,
  part,
  picture,
  type StageServices,
  stageServices,
  uploadHead,
} from '../upload/stages.js';

const FILE = picture();
const META = metaOf(FILE);

test('whoever goes away while its upload is stored can send the same request again (contract 2.9)', async () => {
  const services = await stageServices();
  const gate = gated(services);
  const server = await listening({ ...services, images: gate.images });
  const request = await requestBytes();

  const first = connect(server.port, '127.0.0.1');
  first.write(request);
  const [connection] = (await once(server.http, 'connection')) as [Socket];
  await gate.reached;
  first.destroy();
  await once(connection, 'close');
  gate.open();
  await expect.poll(() => server.log.join()).toContain('"writtenWhole":false');

  const second = connect(server.port, '127.0.0.1');
  second.write(request);
  const [answer] = await once(second, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  second.destroy();
});

/** A store whose commits wait at a gate. */
function gated({ images }: StageServices) {
  let open = () => {};
  let reach = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const draft: typeof images.draft = () => {
    const real = images.draft();
    return {
      write: (chunk) => real.write(chunk),
      discard: () => real.discard(),
      commit: async (upload) => {
        reach();
        await opened;
        await real.commit(upload);
      },
    };
  };
  return { images: { ...images, draft }, reached, open };
}

async function listening(services: StageServices) {
  const log: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line) => log.push(line) });
  const { nonces, random } = services;
  const routes = uploadRoutes(services, {
    nonces,
    random,
    listener: logRequests(logger),
    respond: (response) => response,
  });
  const limits = { maxConnections: 10, minRateBytesPerSecond: 1, minRateWindowSeconds: 60 };
  const stopping = new AbortController().signal;
  const { server, close } = createHttpServer(routes, { limits, log: logger, random, stopping });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(close);
  return { http: server, log, port: (server.address() as AddressInfo).port };
}

async function requestBytes(): Promise<Buffer> {
  const { url, header } = await uploadHead(META);
  const body = Buffer.concat([part('meta', META), part('file', FILE), LAST]);
  const head = [
    `POST ${url} HTTP/1.1`,
    'Host: 127.0.0.1',
    ...['Authorization', 'Accept', 'User-Agent', 'Content-Type'].map(
      (name) => `${name}: ${header(name.toLowerCase())}`,
    ),
    `Content-Length: ${body.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}
