import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { useEngines } from '../engines/index.mjs';

/** The very file that is deployed; addresses come in by the variables it has for them. */
const CONFIG = fileURLToPath(new URL('../../deploy/proxies/haproxy/haproxy.cfg', import.meta.url));
const UPLOAD = '/v3/marketing/partner/product-coupon/media/upload-image';
/** Another path that nodes have, by which a test sees that the balancer is there. */
const UP = '/v3/certificates';
const MIB = 1024 * 1024;
/** Connections of one address at a time, as the file has it. */
const CONNECTIONS = 200;

/** A stand-in for a node: says whether it is ready, and answers as the test likes. */
interface Node {
  server: Server;
  address: string;
  ready: boolean;
  requests: IncomingMessage[];
  answer: (request: IncomingMessage, response: ServerResponse) => void;
}

const { balancer: haproxy, needed } = await useEngines('balancer');

describe('the balancer', needed, () => {
  let nodes: [Node, Node];
  let balancer: ChildProcess;
  let port: number;
  let log: string;

  beforeAll(() => {
    const check = spawnSync(haproxy.program, ['-c', '-f', CONFIG], {
      env: { ...process.env, NODE_1: '127.0.0.1:1', NODE_2: '127.0.0.1:2' },
      encoding: 'utf8',
    });
    expect(check.stderr).not.toContain('WARNING');
    expect(check.status).toBe(0);
  });

  beforeEach(async () => {
    nodes = [await startNode(), await startNode()];
    port = await freePort();
    const env = {
      ...process.env,
      LISTEN: `127.0.0.1:${port}`,
      NODE_1: nodes[0].address,
      NODE_2: nodes[1].address,
    };
    const started = spawn(haproxy.program, ['-f', CONFIG], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    log = '';
    started.stdout.setEncoding('utf8').on('data', (text) => {
      log += text;
    });
    balancer = started;
    await until(async () => (await send(UP).catch(() => undefined))?.status === 200);
    for (const node of nodes) node.requests = [];
  });

  afterEach(async () => {
    balancer.kill('SIGKILL');
    await once(balancer, 'exit');
    for (const { server } of nodes) {
      server.closeAllConnections();
      server.close();
    }
  });

  test('passes path, query and body on as they came: they are signed', async () => {
    const path = `${UPLOAD}?x=%20&&y=a+b&z=%7E..%2f/a//b`;
    const bodies: Buffer[] = [];
    for (const node of nodes)
      node.answer = (from, to) => collect(from).then((body) => bodies.push(body) && to.end());
    await send(path, Buffer.from('--x\r\n\0\xff', 'latin1'));
    expect([...nodes[0].requests, ...nodes[1].requests].map(({ url }) => url)).toEqual([path]);
    expect(bodies).toEqual([Buffer.from('--x\r\n\0\xff', 'latin1')]);
  });

  test('takes 8 MiB, and hands on what has arrived before the rest is sent', async () => {
    let seen = 0;
    const arrived: Promise<number>[] = [];
    for (const node of nodes) {
      node.answer = (from, to) => {
        from.on('data', (chunk: Buffer) => {
          seen += chunk.length;
        });
        arrived.push(once(from, 'end').then(() => to.end('all of it') && seen));
      };
    }
    const upload = request({ port, method: 'POST', path: UPLOAD, headers: { 'Content-Length': 8 * MIB } });
    upload.write(Buffer.alloc(3 * MIB));
    await until(async () => seen === 3 * MIB);
    upload.end(Buffer.alloc(5 * MIB));
    const [response] = (await once(upload, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(200);
    expect(await Promise.all(arrived)).toEqual([8 * MIB]);
  });

  test('leaves Expect: 100-continue to the node, which may refuse on the headers', async () => {
    for (const { server } of nodes) {
      server.on('checkContinue', (from: IncomingMessage, to: ServerResponse) => {
        if (from.url === UPLOAD) {
          to.writeContinue();
          from.resume().on('end', () => to.end('taken'));
        } else to.writeHead(401, { Connection: 'close' }).end('refused');
      });
    }
    expect(await expecting(UPLOAD)).toEqual({ continued: true, status: 200 });
    expect(await expecting('/v3/merchant/media/upload')).toEqual({ continued: false, status: 401 });
  });

  test('gives a node nothing while it says that it is not ready', async () => {
    nodes[0].ready = false;
    await until(async () => {
      nodes[0].requests = [];
      for (const _ of [1, 2, 3, 4]) await send(UPLOAD, Buffer.from('x'));
      return nodes[0].requests.length === 0;
    });
    nodes[0].ready = true;
    await until(async () => {
      await send(UPLOAD, Buffer.from('x'));
      return nodes[0].requests.length > 0;
    });
  });

  test('goes to the other node where no connection came about', async () => {
    nodes[0].server.closeAllConnections();
    nodes[0].server.close();
    const statuses: number[] = [];
    for (const _ of [1, 2, 3, 4]) statuses.push((await send(UPLOAD, Buffer.from('x'))).status);
    expect(statuses).toEqual([200, 200, 200, 200]);
    expect(nodes[1].requests).toHaveLength(4);
  });

  test('does not repeat what a node has taken', async () => {
    for (const node of nodes) node.answer = (from) => from.resume().on('end', () => from.socket.destroy());
    const answer = await send(UPLOAD, Buffer.from('x'));
    expect([...nodes[0].requests, ...nodes[1].requests]).toHaveLength(1);
    expect(answer).toMatchObject({ status: 502, code: 'SYSTEM_ERROR' });
    expect(answer.requestId).toMatch(/^[\w-]+-0$/);
  });

  test('says itself that no node is there, in a form that clients take', async () => {
    for (const node of nodes) node.ready = false;
    await until(async () => (await send(UPLOAD, Buffer.from('x'))).status === 503);
    const answer = await send(UPLOAD, Buffer.from('x'));
    expect(answer).toMatchObject({ status: 503, code: 'SYSTEM_ERROR' });
    expect(answer.requestId).toMatch(/^[\w-]+-0$/);
  });

  test.each(['/readyz', '/%72eadyz', '/healthz', '/metrics', '/docs', '/openapi.json', '/%69mages/x.png'])(
    'keeps %s inside',
    async (path) => {
      expect(await send(path)).toMatchObject({ status: 404, requestId: expect.stringMatching(/^[\w-]+-0$/) });
      expect([...nodes[0].requests, ...nodes[1].requests]).toEqual([]);
    },
  );

  test('closes what one address has above its connections, and takes new ones when others have gone', async () => {
    const held = new Set<Socket>();
    // The balancer may still count the connection of the request before, and then closes one of these: another takes its place.
    const hold = async () => {
      const socket = connect({ port, host: '127.0.0.1' }).on('error', () => {});
      socket.on('close', () => held.delete(socket));
      await once(socket, 'connect');
      held.add(socket);
    };
    const refusal = () =>
      send(UPLOAD, Buffer.from('x')).then(
        ({ status }) => status,
        ({ code }) => code,
      );
    await until(async () => {
      while (held.size < CONNECTIONS) await hold();
      return (await refusal()) === 'ECONNRESET';
    });
    for (const socket of held) socket.destroy();
    await until(async () => (await send(UP).catch(() => undefined))?.status === 200);
  });

  test('logs whose key signed the answer, and its Request-ID; of its own answers the id that it gave them', async () => {
    for (const node of nodes) {
      node.answer = (from, to) =>
        from.resume().on('end', () => {
          to.setHeader('Wechatpay-Serial', 'PUB_KEY_ID_0114232134912410000000000000');
          to.setHeader('Request-ID', '08F78BDBA20610AB0218D5-0').end();
        });
    }
    await send(UPLOAD, Buffer.from('x'));
    await until(async () =>
      log.includes('{PUB_KEY_ID_0114232134912410000000000000|08F78BDBA20610AB0218D5-0}'),
    );
    const { status, requestId } = await send('/readyz');
    expect(status).toBe(404);
    expect(requestId).toMatch(/^[\w-]+-0$/);
    await until(async () => log.includes(`"GET /readyz HTTP/1.1" ${requestId}\n`));
  });

  async function send(path: string, body?: Buffer) {
    // fetch would tidy the path up.
    const outgoing = request({ port, path, method: body ? 'POST' : 'GET', agent: false });
    outgoing.end(body);
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    const text = (await collect(response)).toString();
    const { code } = text.startsWith('{') ? (JSON.parse(text) as { code?: string }) : {};
    return { status: response.statusCode ?? 0, code, requestId: response.headers['request-id'] };
  }

  async function expecting(path: string): Promise<{ continued: boolean; status: number }> {
    const socket = connect({ port, host: '127.0.0.1' });
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk;
    });
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n`);
    await until(async () => text.includes('\r\n\r\n'));
    const continued = text.startsWith('HTTP/1.1 100 ');
    if (continued) socket.write('body');
    await until(async () => /HTTP\/1\.1 [2-5]/.test(text));
    socket.destroy();
    return { continued, status: Number(/HTTP\/1\.1 ([2-5]\d\d)/.exec(text)?.[1]) };
  }
});

async function startNode(): Promise<Node> {
  const server = createServer((from, to) => {
    if (from.url === '/readyz') {
      to.writeHead(node.ready ? 200 : 503).end();
      return;
    }
    if (from.url !== UP) node.requests.push(from);
    node.answer(from, to);
  });
  const node: Node = {
    server,
    address: '',
    ready: true,
    requests: [],
    answer: (from, to) => from.resume().on('end', () => to.end('taken')),
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  node.address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return node;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function until(holds: () => Promise<unknown>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('it did not come to that in 20 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
