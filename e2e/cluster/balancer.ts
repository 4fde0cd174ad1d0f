import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { request } from 'undici';
import { freePort, startProcess, untilReady } from '../../tools/engines/processes.mjs';
import { program } from '../../tools/engines/programs.mjs';

/** HAProxy in front of the nodes. */
export interface Balancer {
  readonly url: string;
  stop(): Promise<void>;
}

/** The header in which the balancer names the node that responded; absent in its own responses. */
export const NODE_HEADER = 'x-node';

/** A port for a balancer. The nodes receive the URL before the balancer runs. */
export const balancerPort = freePort;

/** Starts HAProxy on a port, in front of nodes that may not run yet. */
export async function startBalancer(
  folder: string,
  port: number,
  nodes: readonly { name: string; port: number }[],
): Promise<Balancer> {
  const file = path.join(folder, 'haproxy.cfg');
  const log = path.join(folder, 'haproxy.log');
  await writeFile(file, configuration(port, nodes));
  const running = startProcess('HAProxy', program('haproxy'), ['-db', '-f', file], { log, endBy: 'SIGTERM' });
  const url = `http://127.0.0.1:${port}`;
  await untilReady('HAProxy', log, [running], async () => {
    const { statusCode, body } = await request(`${url}/healthz`);
    await body.dump();
    return statusCode === 200;
  });
  return { url, stop: () => running.end() };
}

/**
 * A request that reached a node is never sent to another one; only failed connection attempts are repeated. Uploads go
 * to ready nodes or, if there are none, to any live node, because a node's refusal is signed and the balancer's is not.
 */
function configuration(port: number, nodes: readonly { name: string; port: number }[]): string {
  const servers = nodes.map(({ name, port: of }) => `  server ${name} 127.0.0.1:${of}`).join('\n');
  return `global
  maxconn 2000
defaults
  mode http
  timeout connect 1s
  timeout client 60s
  timeout server 60s
  retries 2
  retry-on conn-failure
  option redispatch 1
frontend uploads
  bind 127.0.0.1:${port}
  use_backend living if { nbsrv(ready) eq 0 }
  default_backend ready
backend ready
  balance roundrobin
  option httpchk GET /readyz
  http-check expect status 200
  http-response set-header ${NODE_HEADER} %s
  timeout check 5s
  default-server inter 500ms fall 5 rise 1 check
${servers}
backend living
  balance roundrobin
  timeout check 5s
  option httpchk GET /healthz
  http-check expect status 200
  http-response set-header ${NODE_HEADER} %s
  default-server inter 500ms fall 5 rise 1 check
${servers}
`;
}
