/** S3 stores of the tests' own beside Ceph: those of other projects, each a process on loopback, over a new folder. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fetchProgram } from './fetched.mjs';
import { createFolder, freePort, removeFolder, startProcess, untilReady } from './processes.mjs';
import { createBucket } from './s3.mjs';
import { startSwift } from './swift.mjs';

/**
 * @typedef {object} OtherStore
 * @property {string} endpoint to be addressed with the bucket in the path
 * @property {string} region
 * @property {string} accessKey
 * @property {string} secretKey
 * @property {string} version
 * @property {(name: string) => Promise<void>} createBucket
 * @property {() => Promise<void>} stop nothing of it stays
 */

/** @typedef {{ folder: string, port: number, accessKey: string, secretKey: string }} Place */

/**
 * How each is started.
 * @type {Record<string, { program: import('./fetched.mjs').FetchedProgram, args: (place: Place) => string[], keys?: [string, string] }>}
 */
const STORES = {
  versitygw: {
    program: 'versitygw',
    args: ({ folder, port, accessKey, secretKey }) => [
      ...['--port', `127.0.0.1:${port}`, '--access', accessKey, '--secret', secretKey, '--quiet'],
      ...['posix', '--sidecar', path.join(folder, 'attributes'), path.join(folder, 'data')],
    ],
  },
  moto: { program: 'moto_server', args: ({ port }) => ['-H', '127.0.0.1', '-p', String(port)] },
  s3rver: {
    program: 's3rver',
    args: ({ folder, port }) => [
      '-d',
      path.join(folder, 'data'),
      '-a',
      '127.0.0.1',
      '-p',
      String(port),
      '-s',
    ],
    keys: ['S3RVER', 'S3RVER'],
  },
};

/**
 * @param {string} name versitygw, moto, s3rver or swift
 * @returns {Promise<OtherStore>}
 */
export async function startStore(name) {
  if (name === 'swift') return startSwift();
  const store = STORES[name];
  if (!store) throw new Error(`TEST_S3 is swift, ${Object.keys(STORES).join(', ')}, and not ${name}`);
  const { program, version } = fetchProgram(store.program);
  const folder = createFolder(name);
  for (const part of ['data', 'attributes']) mkdirSync(path.join(folder, part));
  const port = await freePort();
  const [accessKey, secretKey] = store.keys ?? ['AKTESTS', 'hush-hush-hush'];
  const log = path.join(folder, `${name}.log`);
  const args = store.args({ folder, port, accessKey, secretKey });
  const started = startProcess(name, program, args, { log, cwd: folder, endBy: 'SIGTERM' });
  const endpoint = `http://127.0.0.1:${port}`;
  await untilReady(name, log, [started], () => fetch(endpoint, { signal: AbortSignal.timeout(1_000) }));
  const keys = { endpoint, region: 'us-east-1', accessKey, secretKey };
  return {
    ...keys,
    version,
    createBucket: (bucket) => createBucket(keys, bucket),
    async stop() {
      await started.end();
      removeFolder(folder);
    },
  };
}
