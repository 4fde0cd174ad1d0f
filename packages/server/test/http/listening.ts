import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import { onTestFinished } from 'vitest';
import { imageRoute } from '../../dist/http/images.js';
import { plainRoute } from '../../dist/http/plain.js';
import { createHttpServer } from '../../dist/http/server.js';
import { uploadRoutes } from '../../dist/http/signed-routes.js';
import { allOf, type ServiceListener } from '../../dist/observe/listener.js';
import { logRequests } from '../../dist/observe/log.js';
import { LAST, metaOf, part, type StageServices, uploadHead } from '../upload/stages.js';

/** A server with the services of a test, and its log. */
export interface Listening {
  readonly http: Server;
  readonly port: number;
  readonly log: string[];
  /** @returns the number of addresses whose connections are read in portions */
  rationed(): number;
}

/** Accepts uploads and serves images on any port; it ends with the test. */
export async function listening(services: StageServices, listener: ServiceListener = {}): Promise<Listening> {
  const log: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line) => log.push(line) });
  const { nonces, random } = services;
  const heard = allOf([listener, logRequests(logger)]);
  const routes = [
    ...uploadRoutes(
      services,
      { nonces, random, listener: heard, respond: (response) => response },
      heard.overloaded,
    ),
    plainRoute(imageRoute(services.images, heard.imageRead), { log: logger, random }),
  ];
  const { server, close, rationed } = createHttpServer(routes, {
    limits: { maxConnections: 1000, minRateBytesPerSecond: 1, minRateWindowSeconds: 60 },
    log: logger,
    random,
    stopping: new AbortController().signal,
    onCut: heard.cut,
    onMadeRoom: heard.madeRoom,
    onTurnedAway: heard.turnedAway,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    await close();
  });
  return { http: server, log, rationed, port: (server.address() as AddressInfo).port };
}

/**
 * Returns an upload as it is sent over the wire.
 *
 * @param more additional header lines
 */
export async function uploadBytes(file: Buffer, ...more: string[]): Promise<{ head: Buffer; body: Buffer }> {
  const meta = metaOf(file);
  const { url, header } = await uploadHead(meta);
  const body = Buffer.concat([part('meta', meta), part('file', file), LAST]);
  const lines = [
    `POST ${url} HTTP/1.1`,
    'Host: 127.0.0.1',
    ...['Authorization', 'Accept', 'User-Agent', 'Content-Type'].map(
      (name) => `${name}: ${header(name.toLowerCase())}`,
    ),
    `Content-Length: ${body.length}`,
    ...more,
  ];
  return { head: Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body };
}
