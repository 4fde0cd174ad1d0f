import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Sandbox, SandboxOptions } from '@coupon-media/sandbox';
import { Command } from 'commander';
import { describeFailure, EXIT, untilStopped } from 'coupon-media/shell';
import type { ServiceShell } from '../messages/messages.js';
import { portOption, quotaOption } from '../options.js';
import { remark } from '../records.js';

interface Flags {
  data?: string;
  port?: number;
  quota?: number;
  demo?: true;
}

export function sandboxCommand(shell: ServiceShell): Command {
  const { say } = shell;
  return new Command('sandbox')
    .description(say('sandbox.description'))
    .option('--data <dir>', say('sandbox.data'))
    .addOption(portOption(say('sandbox.port')))
    .addOption(quotaOption(say('sandbox.quota')))
    .option('--demo', say('sandbox.demo'))
    .action((flags: Flags, command: Command) => {
      if (flags.demo && flags.data !== undefined) command.error(say('sandbox.demoElsewhere'));
      return flags.demo ? demo(flags, shell) : serve(flags, shell);
    });
}

async function serve({ data = '.coupon-media', port, quota }: Flags, shell: ServiceShell): Promise<void> {
  const { out, say } = shell;
  const { readConfig } = await import('@coupon-media/server');
  // The folder is checked as in serve, but a sandbox uses no other setting of the environment.
  const folder = readConfig({ data }, {}).data;
  const sandbox = await start({ folder, port, quota }, shell);
  const stopped = untilStopped();
  try {
    await uploadImages(sandbox, shell);
    out.write(`${nextSteps(sandbox, say).join('\n')}\n`);
    await stopped;
    out.lines('', say('sandbox.stopping'));
  } finally {
    await sandbox.stop();
  }
}

async function demo({ port = 0, quota }: Flags, shell: ServiceShell): Promise<void> {
  const { out, say } = shell;
  const folder = await mkdtemp(path.join(tmpdir(), 'coupon-media-'));
  try {
    const sandbox = await start({ folder, port, quota }, shell);
    try {
      await uploadImages(sandbox, shell);
      out.lines(`  ${say('sandbox.allHeld')}`);
    } finally {
      await sandbox.stop();
    }
  } catch (error) {
    remark(shell, say('sandbox.demoFailed', { why: describeFailure(error, shell) }));
    process.exitCode = EXIT.failed;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function start(options: SandboxOptions, { out, say }: ServiceShell): Promise<Sandbox> {
  const { startSandbox } = await import('@coupon-media/sandbox');
  const sandbox = await startSandbox(options);
  const { baseUrl, mchid } = sandbox.credentials;
  if (sandbox.takenPort !== undefined) out.lines(say('sandbox.portTaken', { port: sandbox.takenPort }));
  out.lines(say('sandbox.running', { url: baseUrl, mchid }), '');
  return sandbox;
}

async function uploadImages(sandbox: Sandbox, { out, say }: ServiceShell): Promise<void> {
  const { runDemo } = await import('@coupon-media/sandbox');
  for await (const { image, bytes, imageUrl } of runDemo(sandbox.credentials)) {
    const line = say('sandbox.uploaded', { image, bytes: String(bytes).padStart(6) });
    out.lines(`  ${out.style.good('✓')} ${line}`, `    ${imageUrl}`);
  }
  out.lines('');
}

function nextSteps({ folder, credentials }: Sandbox, say: ServiceShell['say']): string[] {
  const here = path.relative(process.cwd(), folder) || '.';
  const keys = path.relative(process.cwd(), path.dirname(credentials.privateKeyPath)) || '.';
  const file = `${here}/credentials.json`;
  const profile = here === '.coupon-media' ? '' : ` --profile ${file}`;
  return [
    say('sandbox.next'),
    `  ${say('sandbox.next.shell', { profile })}`,
    `  ${say('sandbox.next.typescript')}`,
    `
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
    const { imageUrl } = await client.uploadImage('IMAGE.jpg');
`,
    `  ${say('sandbox.next.anything', { credentials: file, merchant: keys, platform: `${here}/wechatpay` })}`,
    '',
    say('sandbox.next.end'),
  ];
}
