import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { type Credentials, readCredentials, startSandbox } from '@coupon-media/sandbox';
import { readConfig, type Service, type ServiceConfig, startService } from '@coupon-media/server';
import pino from 'pino';
import { onTestFinished } from 'vitest';
import type { SignedUpload } from './exchange.js';
import { temporaryFolder } from './sandbox.js';

/** A service with a sandbox's keys, and what it logged. */
export interface TestService {
  service: Service;
  folder: string;
  credentials: Credentials;
  port: number;
  /** Lines of JSON. */
  log: string[];
}

/**
 * Starts a service with these settings in a temporary folder; it ends with the test.
 *
 * @param prepare what is done to the folder before
 */
export async function testService(
  settings: Partial<ServiceConfig> = {},
  prepare?: (folder: string) => Promise<void>,
): Promise<TestService> {
  const folder = await temporaryFolder();
  const sandbox = await startSandbox({ folder, port: 0 });
  await sandbox.stop();
  await prepare?.(folder);
  const config = readConfig({ data: folder, port: 0, quotaPerSecond: 0, logLevel: 'debug', ...settings }, {});
  const log: string[] = [];
  const service = await startService(config, {
    log: pino({ level: config.logLevel }, { write: (line) => log.push(line) }),
  });
  onTestFinished(async () => {
    await service.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const { port } = service.address;
  const credentials = await readCredentials(sandbox.credentialsPath);
  return { service, folder, port, log, credentials: { ...credentials, baseUrl: `http://127.0.0.1:${port}` } };
}

/** A connection on which a test writes bytes of its own. */
export interface RawConnection {
  socket: Socket;
  /** What came back so far. */
  received(): string;
  /** Resolves with all that came back, when the other end has closed. */
  closed: Promise<string>;
}

/**
 * Opens a connection; it ends with the test.
 *
 * @param from an address of the machine's own. Default: as the system chooses, 127.0.0.1
 */
export async function rawConnection(port: number, from?: string): Promise<RawConnection> {
  const own = from === undefined ? {} : { localAddress: from };
  const socket = createConnection({ port, host: '127.0.0.1', ...own });
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1');
  });
  // A reset is a way of being closed.
  socket.on('error', () => {});
  const closed = new Promise<string>((resolve) => {
    socket.once('close', () => resolve(text));
  });
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  return { socket, received: () => text, closed };
}

/** An upload as the bytes of HTTP/1.1. */
export function httpBytes({ url, headers, body }: SignedUpload): { head: string; body: Buffer } {
  const { pathname, search, host } = new URL(url);
  const lines = Object.entries({ Host: host, ...headers, 'Content-Length': String(body.length) });
  const head = [
    `POST ${pathname}${search} HTTP/1.1`,
    ...lines.map(([name, value]) => `${name}: ${value}`),
    '',
    '',
  ];
  return { head: head.join('\r\n'), body };
}
