import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { request } from 'undici';

/** What happens to a request: it passes, it gets another response, or it gets none. */
export type Fate =
  | 'pass'
  | 'reset'
  | 'hang'
  | { status: number; headers?: Record<string, string>; body?: string }
  | { change: (response: FrontResponse) => FrontResponse };

/** A response of the service that is being forwarded. */
export interface FrontResponse {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** One request, as far as the proxy parsed it. */
export interface Seen {
  /** Milliseconds since the proxy was created. */
  at: number;
  /** The digest in meta. */
  sha256: string;
  filename: string;
  /** How often this image has arrived, from 1. */
  attempt: number;
  /** The status that the client received; 0 if it received nothing. */
  status: number;
}

/** A proxy in front of a service that causes failures according to a script. */
export interface FaultyFront {
  url: string;
  seen: Seen[];
  /** How often the service itself received each image, by SHA-256. */
  taken: Map<string, number>;
  /** The script, which may be replaced while it runs. */
  decide: (seen: Seen) => Fate;
  close(): Promise<void>;
}

/**
 * Starts a proxy in front of `target`, an origin. The signature does not cover the host, so requests pass unchanged.
 */
export async function faultyFront(
  target: string,
  decide: (seen: Seen) => Fate,
  port = 0,
): Promise<FaultyFront> {
  const begun = performance.now();
  const front: FaultyFront = { url: '', seen: [], taken: new Map(), decide, close: () => closed(server) };
  const server = createServer((incoming, outgoing) => {
    handle(front, target, begun, incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  front.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return front;
}

/**
 * A random script of 429, 500 and resets that depends only on the seed, the image and its attempt, and not on the order
 * of requests. The fourth attempt always passes, since a client makes no fifth.
 *
 * @param share the share of first attempts that fail, from 0 to 1
 */
export function badLuck(seed: string, share: number): (seen: Seen) => Fate {
  const fates: Fate[] = [
    {
      status: 429,
      headers: { 'retry-after': '1' },
      body: '{"code":"RATELIMIT_EXCEEDED","message":"频率超限"}',
    },
    { status: 500, body: '{"code":"SYSTEM_ERROR","message":"系统异常，请稍后重试"}' },
    'reset',
  ];
  return ({ sha256, attempt }) => {
    if (attempt >= 4) return 'pass';
    const chance = createHash('sha256').update(`${seed} ${sha256} ${attempt}`).digest();
    return chance.readUInt32BE(0) / 2 ** 32 < share
      ? (fates[chance.readUInt8(4) % fates.length] ?? 'pass')
      : 'pass';
  };
}

async function handle(
  front: FaultyFront,
  target: string,
  begun: number,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const body = await buffer(incoming);
  const seen = seenIn(front, body, performance.now() - begun);
  front.seen.push(seen);
  const fate = front.decide(seen);
  if (fate === 'hang') return;
  if (fate === 'reset') {
    incoming.socket.resetAndDestroy();
    return;
  }
  if (typeof fate === 'object' && 'status' in fate) {
    seen.status = fate.status;
    outgoing
      .writeHead(fate.status, { 'content-type': 'application/json', ...fate.headers })
      .end(fate.body ?? '{}');
    return;
  }
  const genuine = await forward(target, incoming, body);
  if (genuine.status === 200) front.taken.set(seen.sha256, (front.taken.get(seen.sha256) ?? 0) + 1);
  const response = fate === 'pass' ? genuine : fate.change(genuine);
  seen.status = response.status;
  outgoing.writeHead(response.status, response.headers).end(response.body);
}

function seenIn(front: FaultyFront, body: Buffer, at: number): Seen {
  const meta = /\{"filename":.*?"sha256":"[0-9a-f]{64}"\}/s.exec(body.toString('utf8', 0, 4096))?.[0] ?? '{}';
  const { sha256 = '', filename = '' } = JSON.parse(meta) as { sha256?: string; filename?: string };
  const attempt = front.seen.filter((earlier) => earlier.sha256 === sha256).length + 1;
  return { at, sha256, filename, attempt, status: 0 };
}

async function forward(
  target: string,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
): Promise<FrontResponse> {
  const { host: _, connection: __, 'transfer-encoding': ___, expect: ____, ...rest } = headers;
  const response = await request(target + url, {
    method: method as 'POST',
    headers: rest as Record<string, string>,
    ...(body.length > 0 && { body }),
  });
  const {
    connection: _____,
    'keep-alive': ______,
    ...ownHeaders
  } = response.headers as Record<string, string>;
  return {
    status: response.statusCode,
    headers: ownHeaders,
    body: Buffer.from(await response.body.arrayBuffer()),
  };
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
