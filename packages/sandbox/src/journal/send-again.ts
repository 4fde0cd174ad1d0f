import { connect } from 'node:net';
import type { Recorded } from './recorded.js';

/**
 * Sends a request byte for byte to a port of this machine, except for what belongs to its connection: the body comes at once and with
 * its length, and the connection closes after the response. What became of it is in the journal.
 */
export function sendAgain(
  port: number,
  { method, url, headers, body }: Pick<Recorded, 'method' | 'url' | 'body'> & Headers,
): Promise<void> {
  const others = headers.filter(([name]) => !OF_CONNECTION.has(name.toLowerCase()));
  const isChunked = headers.some(([name]) => name.toLowerCase() === 'transfer-encoding');
  const lines = [
    `${method} ${url} HTTP/1.1`,
    ...others.map(([name, value]) => `${name}: ${value}`),
    ...(isChunked ? [`Content-Length: ${body.kept}`] : []),
    'Connection: close',
  ];
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    // A connection that breaks is a result like any other.
    socket.on('error', () => {}).once('close', () => resolve());
    socket.resume();
    // Node reads heads as Latin-1.
    socket.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'));
    for (const piece of body.pieces) socket.write(piece);
  });
}

interface Headers {
  readonly headers: readonly (readonly [name: string, value: string])[];
}

const OF_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'expect',
]);
