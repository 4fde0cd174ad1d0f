/** A Redis of the tests' own: on loopback, in a temporary folder. */

import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { createFolder, freePort, isFree, removeFolder, startProcess, untilReady } from './processes.mjs';
import { program } from './programs.mjs';

/**
 * @typedef {object} Redis
 * @property {string} url of database 0, with the password where there is one
 * @property {number} port
 * @property {string} folder its append-only file and its snapshot
 * @property {number} pid anew after a restart
 * @property {(...words: string[]) => Promise<string>} command a command's answer, as it is on the wire
 * @property {() => Promise<void>} kill with no chance to write anything
 * @property {(options?: { data?: boolean }) => Promise<void>} restart on the same port; where it runs, it is killed first.
 *   data: false takes its data away, true (default) leaves what it has written
 * @property {() => void} pause it answers no more, and its connections stay open
 * @property {() => void} resume
 * @property {() => Promise<void>} stop nothing of it stays
 */

/**
 * @param {{ program?: string, password?: string, appendOnly?: boolean, databases?: number, settings?: Record<string, string | number>, isBus?: boolean }} [options]
 *   program: of another version. Default: Debian's. appendOnly: true writes every change before it is answered, false (default) writes nothing but what SAVE is asked for.
 *   isBus: whether the port 10,000 above is needed as well
 * @returns {Promise<Redis>}
 */
export async function startRedis({
  program: other,
  password,
  appendOnly = false,
  databases = 16,
  settings = {},
  isBus = false,
} = {}) {
  const folder = createFolder('redis');
  const log = path.join(folder, 'log');
  const port = isBus ? await freePortWithBus() : await freePort();
  const all = {
    port,
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    databases,
    appendonly: appendOnly ? 'yes' : 'no',
    appendfsync: 'always',
    ...(other ? {} : { 'enable-debug-command': 'local' }), // since version 7
    ...(password ? { requirepass: password } : {}),
    ...settings,
  };
  const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, ...String(value).split(' ')]);

  async function start() {
    const started = startProcess('Redis', other ?? program('redis-server'), args, { log, cwd: folder });
    await untilReady('Redis', log, [started], async () => (await command('PING')).startsWith('+PONG'));
    return started;
  }

  /** @param {string[]} words */
  async function command(...words) {
    const answers = await ask(port, password ? [['AUTH', password], words] : [words]);
    return answers.at(-1) ?? '';
  }

  let server = await start();
  return {
    url: `redis://${password ? `:${encodeURIComponent(password)}@` : ''}127.0.0.1:${port}`,
    port,
    folder,
    get pid() {
      return server.pid;
    },
    command: (...words) => command(...words),
    kill: () => server.end(),
    async restart({ data = true } = {}) {
      await server.end();
      for (const name of data ? [] : ['dump.rdb', 'appendonlydir'])
        rmSync(path.join(folder, name), { recursive: true, force: true });
      server = await start();
    },
    pause: () => server.signal('SIGSTOP'),
    resume: () => server.signal('SIGCONT'),
    async stop() {
      await server.end();
      removeFolder(folder);
    },
  };
}

/** The bus of a cluster has a port that follows from the server's, and may be among those of outgoing connections. */
async function freePortWithBus() {
  for (;;) {
    const port = await freePort();
    if (await isFree(port + 10_000)) return port;
  }
}

/**
 * Asks over a connection of its own, one command after another.
 * @param {number} port
 * @param {string[][]} commands
 * @returns {Promise<string[]>} what was answered to each, as far as one packet brings it
 */
export function ask(port, commands) {
  return new Promise((resolve, reject) => {
    /** @type {string[]} */
    const answers = [];
    const socket = connect(port, '127.0.0.1');
    const next = () => {
      const words = commands[answers.length];
      if (!words) socket.end(() => resolve(answers));
      else
        socket.write(
          `*${words.length}\r\n${words.map((w) => `$${Buffer.byteLength(w)}\r\n${w}\r\n`).join('')}`,
        );
    };
    socket.setTimeout(5_000, () => socket.destroy(new Error('Redis does not answer')));
    socket.on('data', (chunk) => {
      answers.push(String(chunk));
      next();
    });
    socket.once('connect', next);
    socket.once('error', reject);
  });
}
