/** A sandbox whose journal keeps as many requests as its argument says. It prints its credentials, and runs until it is killed. */
import { readFileSync } from 'node:fs';
import { startSandbox } from '@coupon-media/sandbox';

const sandbox = await startSandbox({ journal: { requests: Number(process.argv[2]) } });
const { credentials } = sandbox;
const privateKeyPem = readFileSync(credentials.privateKeyPath, 'utf8');
process.stdout.write(`${JSON.stringify({ ...credentials, privateKeyPem })}\n`);
process.on('SIGTERM', async () => {
  await sandbox.stop();
  process.exit();
});
