import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Sandbox, SandboxOptions } from '@coupon-media/sandbox';
import { Command } from 'commander';
import { describeFailure, EXIT, untilStopped } from 'coupon-media/shell';
import { portOption, quotaOption } from '../options.js';
import type { ServiceShell } from '../messages/messages.js';

interface Flags {
  data: string;
  port?: number;
  quota?: number;
  demo?: true;
}

export function sandboxCommand(shell: ServiceShell): Command {
  return new Command('sandbox')
    .description(shell.say('sandbox.description'))
    .option('--data <dir>', 'folder of the sandbox: keys, images, credentials.json', '.coupon-media')
    .addOption(portOption('default: the folder remembers; on its first run 8787 or the next free one'))
    .addOption(quotaOption('default: no limit'))
    .option('--demo', 'in a fresh temporary folder, then exit: 0 if every upload held, else 1')
    .action((flags: Flags) => (flags.demo ? demo(flags, shell) : serve(flags)));
}

async function serve({ data, port, quota }: Flags): Promise<void> {
  const sandbox = await start({ folder: data, port, quota });
  const stopped = untilStopped();
  try {
    await uploadPictures(sandbox);
    say(nextSteps(sandbox));
    await stopped;
    say('\nstopping …');
  } finally {
    await sandbox.stop();
  }
}

async function demo({ port = 0, quota }: Flags, { err, say: tell }: ServiceShell): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'coupon-media-'));
  try {
    const sandbox = await start({ folder, port, quota });
    try {
      await uploadPictures(sandbox);
      say('  all three held.');
    } finally {
      await sandbox.stop();
    }
  } catch (error) {
    err.lines(`coupon-media: the demo failed: ${describeFailure(error, tell)}`);
    process.exitCode = EXIT.failed;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function start(options: SandboxOptions): Promise<Sandbox> {
  const { startSandbox } = await import('@coupon-media/sandbox');
  const sandbox = await startSandbox(options);
  const { baseUrl, mchid } = sandbox.credentials;
  if (sandbox.takenPort !== undefined) {
    say(`port ${sandbox.takenPort} is taken: this sandbox uses the next free one, and keeps it`);
  }
  say(`coupon-media sandbox  ${baseUrl}  merchant ${mchid}\n`);
  return sandbox;
}

async function uploadPictures(sandbox: Sandbox): Promise<void> {
  const { runDemo } = await import('@coupon-media/sandbox');
  for await (const { picture, bytes, imageUrl } of runDemo(sandbox.credentials)) {
    say(
      `  ✓ ${picture}  ${String(bytes).padStart(6)} bytes  both signatures hold, SHA-256 equal\n    ${imageUrl}`,
    );
  }
  say('');
}

function nextSteps({ folder, credentials }: Sandbox): string {
  const here = path.relative(process.cwd(), folder) || '.';
  const keys = path.relative(process.cwd(), path.dirname(credentials.privateKeyPath)) || '.';
  return `What next
  from the shell    npx coupon-media upload PICTURE.jpg${here === '.coupon-media' ? '' : ` --profile ${here}/credentials.json`}
  from TypeScript   examples/upload.ts, or

    import { createClient } from '@coupon-media/client';
    const client = createClient({
      baseUrl: '${credentials.baseUrl}',
      mchid: '${credentials.mchid}',
      certificateSerialNo: '${credentials.certificateSerialNo}',
      privateKeyPath: '${keys}/apiclient_key.pem',
      wechatPayPublicKeys: [{
        id: '${credentials.wechatPayPublicKeyId}',
        publicKeyPath: '${here}/wechatpay/pub_key.pem',
      }],
    });
    const { imageUrl } = await client.uploadImage('PICTURE.jpg');

  from anything     ${here}/credentials.json names the keys: ${keys}/ and ${here}/wechatpay/

Ctrl-C stops the service; the folder keeps everything.`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
