/**
 * A test in one file, of the state of the project whose root its first argument names (`earlier` comes second): imports the sandbox, starts one, uploads an image and stops.
 * Prints the milliseconds that the start took after the import.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const IMAGE = fileURLToPath(new URL('../../packages/sandbox/images/coupon.png', import.meta.url));
const [, , root = '', state] = process.argv;
const { startSandbox } = await load('sandbox');
const began = performance.now();
// Before there was a temporary folder, a test made one.
const earlier = state === 'earlier' ? mkdtempSync(path.join(tmpdir(), 'bench-sandbox-')) : undefined;
const sandbox = await startSandbox(earlier === undefined ? {} : { folder: earlier, port: 0 });
process.stdout.write(`${performance.now() - began}\n`);
const client = earlier === undefined ? await sandbox.client() : await clientOfEarlier();
await client.uploadImage(IMAGE);
await client.close();
await sandbox.stop();
if (earlier !== undefined) rmSync(earlier, { recursive: true });

/** @param {string} name of a package */
function load(name) {
  return import(pathToFileURL(path.join(root, 'packages', name, 'dist/index.js')).href);
}

async function clientOfEarlier() {
  const { createClient } = await load('client');
  const { baseUrl, mchid, certificateSerialNo, privateKeyPath, ...platform } = sandbox.credentials;
  return createClient({
    ...{ baseUrl, mchid, certificateSerialNo, privateKeyPath },
    wechatPayPublicKeys: [
      { id: platform.wechatPayPublicKeyId, publicKeyPath: platform.wechatPayPublicKeyPath },
    ],
  });
}
