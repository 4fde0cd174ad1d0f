import { readFileSync } from 'node:fs';
import path from 'node:path';
import { request } from 'undici';
import { type EngineProcess, freePort, startProcess, untilReady } from '../../tools/engines/processes.mjs';
import { startProxy, type TcpProxy } from '../support/proxy.js';
import { CLI } from '../support/run.js';

/** The engines that the nodes share. */
export const ENGINES = ['postgres', 's3', 'redis'] as const;

export type EngineName = (typeof ENGINES)[number];

/** A service in a separate process, as people run it, with its own proxies to the engines. */
export interface Node {
  readonly name: string;
  readonly port: number;
  readonly url: string;
  /** The proxies between the node and the engines. */
  readonly ways: Readonly<Record<EngineName, TcpProxy>>;
  /** Everything that it printed and logged. */
  readonly log: string;
  /** @throws with the end of its log, if it ended by itself */
  mustLive(): void;
  /** Whether it reports readiness; undefined if it does not respond. */
  isReady(): Promise<boolean | undefined>;
  /** What it says of its readiness, status first; why it does not, if it does not respond. */
  readyz(): Promise<string>;
  /** Kills it with SIGKILL. */
  kill(): Promise<void>;
  /** Starts it on the same port and waits until it responds. */
  start(): Promise<void>;
  /** Ends it and its proxies. */
  end(): Promise<void>;
}

/** The addresses of the engines for everything except the nodes. */
export type EnginePorts = Readonly<Record<EngineName, number>>;

/**
 * Starts a node.
 *
 * @param settings returns its environment variables, from the ports through which it reaches the engines
 */
export async function startNode(
  name: string,
  folder: string,
  engines: EnginePorts,
  settings: (ports: EnginePorts) => Record<string, string>,
): Promise<Node> {
  const proxies = await Promise.all(ENGINES.map((engine) => startProxy(engines[engine])));
  const [postgres, s3, redis] = proxies as [TcpProxy, TcpProxy, TcpProxy];
  const ways = { postgres, s3, redis };
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const log = path.join(folder, `${name}.log`);
  const variables = {
    ...settings({ postgres: postgres.port, s3: s3.port, redis: redis.port }),
    COUPON_MEDIA_HOST: '127.0.0.1',
    COUPON_MEDIA_PORT: String(port),
  };
  const environment = Object.entries(variables).map(([variable, value]) => `${variable}=${value}`);
  let running: EngineProcess | undefined;

  const node: Node = {
    name,
    port,
    url,
    ways,
    log,
    isReady: () =>
      statusOf(`${url}/readyz`).then((status) => (status === undefined ? status : status === 200)),
    readyz: () =>
      request(`${url}/readyz`).then(
        async ({ statusCode, body }) => `${statusCode} ${await body.text()}`,
        String,
      ),
    mustLive() {
      if (running && !running.isRunning()) throw new Error(`${name} ended by itself: ${lastOf(log)}`);
    },
    async kill() {
      const ending = running;
      running = undefined;
      await ending?.end('SIGKILL');
    },
    async start() {
      for (let attempt = 1; ; attempt += 1) {
        const started = startProcess(name, 'env', [...environment, process.execPath, CLI, 'serve'], { log });
        running = started;
        try {
          return await untilReady(name, log, [started], () => statusOf(`${url}/healthz`));
        } catch (error) {
          // The start is repeated as a supervisor would do it: engines that have just started may respond one start too
          // late.
          if (attempt === STARTS) throw error;
          await started.end('SIGKILL');
        }
      }
    },
    async end() {
      await running?.end('SIGKILL');
      await Promise.all(proxies.map((proxy) => proxy.close()));
    },
  };
  await node.start();
  return node;
}

/** How often a node is started before its failure is reported. */
const STARTS = 3;

/** @param file a log: lines of JSON, and the last message of Node */
function lastOf(file: string): string {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines
    .filter((line) => !line.startsWith('{'))
    .slice(-20)
    .join('\n');
}

/** @returns undefined if there is no response */
async function statusOf(url: string): Promise<number | undefined> {
  try {
    const { statusCode, body } = await request(url, { headersTimeout: 10_000 });
    await body.dump();
    return statusCode;
  } catch {
    return undefined;
  }
}
