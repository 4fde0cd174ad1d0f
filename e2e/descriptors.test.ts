import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { credentialsOf, prepareFolder } from './durability/service.js';
import { CLI } from './support/run.js';

/** More than a service needs to start: its modules are opened by the hundred. */
const ALLOWED = 512;

test('a node that can open no file any more is not ready, and is again when it can', async ({ skip }) => {
  if (process.platform === 'win32') skip('a shell that limits descriptors is not there');
  const data = await prepareFolder();
  const port = Number(new URL((await credentialsOf(data)).baseUrl).port);
  const command = `ulimit -n ${ALLOWED} && exec "$0" ${CLI} serve --data "$1" --port ${port}`;
  const child = spawn('sh', ['-c', command, process.execPath, data], { stdio: 'ignore' });
  onTestFinished(async () => {
    if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
    await rm(data, { recursive: true });
  });
  await expect.poll(() => readyz(port), { timeout: 30_000 }).toBe(200);

  const asked = await opened(port);
  const silent: Socket[] = [];
  for (let more = 0; more < ALLOWED; more += 1) silent.push(await opened(port));
  await expect.poll(() => readyz(asked)).toBe(503);

  for (const socket of silent) socket.destroy();
  await expect.poll(() => readyz(port)).toBe(200);
});

async function opened(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  return socket;
}

/** @returns the status of `/readyz`, asked on a connection that is open, or on one of its own; undefined where none comes */
async function readyz(at: Socket | number): Promise<number | undefined> {
  const socket = typeof at === 'number' ? await opened(at) : at;
  socket.write('GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n');
  const [bytes] = await Promise.race([once(socket, 'data'), sleep(2000, [undefined])]);
  if (typeof at === 'number') socket.destroy();
  return bytes && Number(/^HTTP\/1\.1 (\d+) /.exec(String(bytes))?.[1]);
}
