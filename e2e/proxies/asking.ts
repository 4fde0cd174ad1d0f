import { once } from 'node:events';
import { type Agent, type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps, Agent as SecureAgent } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';

/** A request whose headers are sent as they are. */
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** A response with the letters of its header names. */
export interface Answer {
  readonly status: number;
  readonly names: readonly string[];
  /** In the order of `names`. */
  readonly values: readonly string[];
  readonly body: Buffer;
}

/** Milliseconds after which a proxy that says nothing is given up. */
const PATIENCE = 20_000;

/** Sends a request, by TLS if not told otherwise, on a connection of its own. */
export async function ask(port: number, asked: Asked, { secure = true } = {}): Promise<Answer> {
  const outgoing = open(port, asked, secure, false);
  outgoing.end(asked.body);
  return read(outgoing);
}

/** The same with `Expect: 100-continue`: the body is sent at the first 100. */
export async function askWaiting(port: number, asked: Asked): Promise<{ continues: number; answer: Answer }> {
  let continues = 0;
  const headers = { ...asked.headers, Expect: '100-continue' };
  const outgoing = open(port, { ...asked, headers }, true, false);
  outgoing.on('continue', () => {
    continues += 1;
    if (continues === 1) outgoing.end(asked.body);
  });
  outgoing.flushHeaders();
  const answer = await read(outgoing);
  outgoing.destroy();
  return { continues, answer };
}

/** Sends requests one after another. @returns how many connections that took */
export async function askInTurn(port: number, all: readonly Asked[]): Promise<number> {
  const agent = new SecureAgent({ keepAlive: true, maxSockets: 1 });
  const sockets = new Set<unknown>();
  for (const asked of all) {
    const outgoing = open(port, asked, true, agent);
    outgoing.on('socket', (socket) => sockets.add(socket));
    outgoing.end(asked.body);
    await read(outgoing);
  }
  agent.destroy();
  return sockets.size;
}

/** Writes everything at once, as a client does that waits for nothing, and reads to the end of the connection. */
export function sendRaw(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    let text = '';
    socket.on('data', (piece: Buffer) => {
      text += piece.toString('latin1');
    });
    // A reset is a way of being closed.
    socket.on('error', () => {});
    socket.once('close', () => resolve(text));
    socket.setTimeout(PATIENCE, () => socket.destroy());
    socket.write(bytes);
  });
}

function open(
  port: number,
  { method, path, headers }: Asked,
  secure: boolean,
  agent: Agent | false,
): ClientRequest {
  const usual = { Accept: '*/*', 'User-Agent': 'test' };
  const options = { port, host: '127.0.0.1', method, path, headers: { ...usual, ...headers }, agent };
  const outgoing = secure ? requestHttps({ ...options, rejectUnauthorized: false }) : requestHttp(options);
  outgoing.setTimeout(PATIENCE, () => outgoing.destroy(new Error('nothing in time')));
  return outgoing;
}

async function read(outgoing: ClientRequest): Promise<Answer> {
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  // A response may come before the body is sent, and the connection close then.
  outgoing.on('error', () => {});
  const { rawHeaders, statusCode = 0 } = answer;
  return {
    status: statusCode,
    names: rawHeaders.filter((_, at) => at % 2 === 0),
    values: rawHeaders.filter((_, at) => at % 2 === 1),
    body: await buffer(answer),
  };
}
