/** The floor: only the work that no service can avoid. It parses no form, checks no header and keeps no record. */
import { createHash, createPrivateKey, sign, verify, X509Certificate } from 'node:crypto';
import { open } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { promisify } from 'node:util';
import { listen } from './listen.mjs';

const signOnPool = promisify(
  /** @type {(a: string, m: Buffer, k: import('node:crypto').KeyObject, done: (e: Error | null, s: Buffer) => void) => void} */ (
    sign
  ),
);

/** @type {import('./host.mjs').StartServer} */
export function start({ folder, identity }) {
  const privateKey = createPrivateKey(identity.platformPrivateKeyPem);
  const { publicKey } = new X509Certificate(identity.certificatePem);
  const message = Buffer.alloc(300, 'm');
  const signature = sign('RSA-SHA256', message, createPrivateKey(identity.privateKeyPem));
  let count = 0;

  const server = http.createServer(async (request, response) => {
    const hash = createHash('sha256');
    /** @type {Buffer[]} */
    const chunks = [];
    request.on('data', (chunk) => {
      hash.update(chunk);
      chunks.push(chunk);
    });
    request.on('end', async () => {
      const digest = hash.digest('hex');
      if (!verify('RSA-SHA256', message, publicKey, signature)) return response.writeHead(401).end();
      count += 1;
      const handle = await open(path.join(folder, String(count)), 'w');
      await handle.writev(chunks);
      await handle.sync();
      await handle.close();
      const responseSignature = await signOnPool('RSA-SHA256', message, privateKey);
      const body = digest + responseSignature.toString('base64');
      response.writeHead(200, { 'Content-Length': body.length }).end(body);
    });
  });
  return listen(server);
}
