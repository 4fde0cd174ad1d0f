/** nginx as one process, serving a folder. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MEASURED_CORE, pinned } from './processor.mjs';
import { freePort } from './serve.mjs';

export function hasNginx() {
  return spawnSync('nginx', ['-v']).status === 0;
}

/**
 * @param {string} files what it serves
 * @param {string} folder an empty one for its own files
 * @returns {Promise<import('./processes.mjs').Subject>}
 */
export async function startNginx(files, folder) {
  const port = await freePort();
  const configuration = path.join(folder, 'nginx.conf');
  // Without a master the process that is started is the one that serves.
  writeFileSync(
    configuration,
    `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
  types { image/png png; }
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  server { listen 127.0.0.1:${port}; root ${files}; }
}
`,
  );
  const [program = '', ...args] = pinned(MEASURED_CORE, ['nginx', '-c', configuration, '-p', folder]);
  const child = spawn(program, args, { stdio: 'ignore' });
  const ended = once(child, 'exit');
  for (let isReady = false; !isReady; ) {
    if (child.exitCode !== null)
      throw new Error(`nginx ended with ${child.exitCode}: see ${folder}/error.log`);
    await sleep(20);
    isReady = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
  }
  return {
    pid: Number(child.pid),
    port,
    ask: () => Promise.reject(new Error('nginx has no questions')),
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
