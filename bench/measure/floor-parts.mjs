/** Measures RSA, SHA-256, and write with fsync, one after the other, in its own process. */
import { createHash, createPrivateKey, randomBytes, sign, verify, X509Certificate } from 'node:crypto';
import { closeSync, fsyncSync, openSync, unlinkSync, writeSync } from 'node:fs';

const { folder, bytes, identity } = JSON.parse(process.argv[3] ?? '{}');
const image = randomBytes(bytes);
const message = Buffer.alloc(300, 'm');
const privateKey = createPrivateKey(identity.platformPrivateKeyPem);
const merchantKey = createPrivateKey(identity.privateKeyPem);
const { publicKey } = new X509Certificate(identity.certificatePem);
const signature = sign('RSA-SHA256', message, merchantKey);

/** @param {() => void} work */
function repeat(work) {
  for (let i = 0; i < 20; i += 1) work();
  const cpu = process.cpuUsage();
  const began = performance.now();
  let count = 0;
  while (performance.now() - began < 300) {
    work();
    count += 1;
  }
  const { user, system } = process.cpuUsage(cpu);
  return { cpu: (user + system) / count, elapsed: ((performance.now() - began) * 1000) / count };
}

let count = 0;
function writeDurably() {
  const file = `${folder}/${count}`;
  count += 1;
  const descriptor = openSync(file, 'w');
  writeSync(descriptor, image);
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function removeWritten() {
  for (let i = 0; i < count; i += 1) unlinkSync(`${folder}/${i}`);
  count = 0;
}

process.on('message', () => {
  // It runs twice, as servers are warmed up, too: the second time, memory was used before.
  repeat(writeDurably);
  removeWritten();
  const write = repeat(writeDurably);
  const parts = {
    sign: repeat(() => sign('RSA-SHA256', message, privateKey)).cpu,
    verify: repeat(() => verify('RSA-SHA256', message, publicKey, signature)).cpu,
    hash: repeat(() => createHash('sha256').update(image).digest()).cpu,
    write: write.cpu,
    writeElapsed: write.elapsed,
  };
  removeWritten();
  process.send?.(parts);
});
process.send?.({});
