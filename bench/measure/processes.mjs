/** Starts the measured program in its own process, on its own core. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MEASURED_CORE, pinned } from './processor.mjs';

const ownRoot = fileURLToPath(new URL('../../', import.meta.url));

/**
 * @typedef {object} Subject a process that is measured
 * @property {number} pid
 * @property {number} port where it listens; 0 where it does not
 * @property {<T>(question: object) => Promise<T>} ask sends a message and waits for its response
 * @property {() => Promise<void>} stop
 */

/**
 * @param {string} host the script to run in it, from bench/
 * @param {string} name
 * @param {object} settings
 * @param {{ cores?: string, root?: string }} [options] root: of the state of the project that is measured; default: this one
 * @returns {Promise<Subject>} when it says that it is ready
 */
export async function startSubject(host, name, settings, { cores = MEASURED_CORE, root = ownRoot } = {}) {
  const [execPath = '', ...execArgv] = pinned(cores, [process.execPath]);
  const child = fork(path.join(root, 'bench', host), [name, JSON.stringify(settings)], {
    execPath,
    execArgv,
    env: withoutProxies(process.env),
  });
  const ended = once(child, 'exit');
  const [ready] = await Promise.race([
    once(child, 'message'),
    ended.then(([code]) => {
      throw new Error(`${host} ${name} ended with ${code} before it was ready`);
    }),
  ]);
  return {
    pid: /** @type {number} */ (child.pid),
    port: ready.port ?? 0,
    async ask(question) {
      child.send(question);
      const [response] = await Promise.race([
        once(child, 'message'),
        ended.then(([code]) => {
          throw new Error(`${host} ${name} ended with ${code}`);
        }),
      ]);
      if (response.error) throw new Error(`${name}: ${response.error}`);
      return response;
    },
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Removes proxies, since all requests go to this machine. @param {NodeJS.ProcessEnv} environment */
function withoutProxies(environment) {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/_proxy$/i.test(name)));
}
