import { connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { LOOPBACK } from './names.js';

/**
 * Joins a connection to a port of the sandbox. The bytes pass unread, so that header names keep their letter case in both directions (contract 3.2),
 * and what the service does to its connection happens to the client's: half-closed, closed in the middle, reset.
 *
 * @param tls the client's connection, decrypted
 * @param raw the same connection as it came; undefined if it is gone already
 */
export function join(tls: TLSSocket, raw: Socket | undefined, port: number): void {
  const service = connect({ host: LOOPBACK, port, allowHalfOpen: true, noDelay: true });
  let wasReset = false;
  tls.pipe(service);
  service.pipe(tls);
  tls.on('error', () => service.destroy());
  tls.on('close', () => service.destroySoon());
  service.on('error', () => {
    wasReset = true;
  });
  service.on('close', () => {
    if (wasReset && raw && !raw.destroyed) raw.resetAndDestroy();
    else tls.destroySoon();
  });
}
