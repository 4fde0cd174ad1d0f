import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ReceivedRequest, Sandbox, SandboxOptions } from '@coupon-media/sandbox';
import type { Command } from 'commander';
import { describeFailure, EXIT, untilStopped } from 'coupon-media/shell';
import { naming, readJsonFile } from '../json-file.js';
import type { ServiceShell } from '../messages/messages.js';
import { remark } from '../records.js';
import { tlsLines } from './sandbox-tls.js';

interface Flags {
  data?: string;
  port?: number;
  quota?: number;
  demo?: true;
  allowHost?: string[];
  faults?: string;
  responses?: string;
  tls?: true;
  tlsPort?: number;
  proxyPort?: number;
}

/** `coupon-media sandbox`. */
export function sandbox(shell: ServiceShell, flags: Flags, command: Command): Promise<void> {
  if (flags.demo && flags.data !== undefined) command.error(shell.say('sandbox.demoElsewhere'));
  return flags.demo ? demo(flags, shell) : serve(flags, shell);
}

async function serve(
  { data = '.coupon-media', port, quota, allowHost, tls, tlsPort, proxyPort, ...files }: Flags,
  shell: ServiceShell,
): Promise<void> {
  const { out, say } = shell;
  const { readConfig } = await import('@coupon-media/server');
  // The folder is checked as in serve, but a sandbox uses no other setting of the environment.
  const folder = readConfig({ data }, {}).data;
  const { readFaultFile, readRules } = await import('@coupon-media/sandbox');
  const faults = files.faults === undefined ? [] : await readFaultFile(files.faults);
  const { responses: file } = files;
  const responses =
    file === undefined ? [] : naming(file, shell.language, () => readRules(readJsonFile(file)));
  const ports = tls && { port: tlsPort, proxyPort };
  const options = { folder, port, quota, responses, allowedHosts: allowHost, tls: ports };
  const sandbox = await start(options, shell);
  const stopped = untilStopped();
  try {
    await uploadImages(sandbox, shell);
    // The rules count from here: the images above are no requests of a program that is tested.
    naming(files.faults ?? '', shell.language, () => sandbox.faults.add(...faults));
    if (files.faults !== undefined)
      out.lines(say('sandbox.faults.added', { count: faults.length, file: files.faults }), '');
    if (sandbox.tls) out.write(`${tlsLines(sandbox.tls, say).join('\n')}\n`);
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

async function start(options: SandboxOptions, shell: ServiceShell): Promise<Sandbox> {
  const { out, say } = shell;
  const { startSandbox } = await import('@coupon-media/sandbox');
  const onRequest = (request: ReceivedRequest): void => reportRefused(request, shell);
  const sandbox = await startSandbox({ door: 'installed', ...options, onRequest });
  const { baseUrl, mchid } = sandbox.credentials;
  if (sandbox.takenPort !== undefined) out.lines(say('sandbox.portTaken', { port: sandbox.takenPort }));
  out.lines(say('sandbox.running', { url: baseUrl, mchid }), '');
  return sandbox;
}

/** Prints one line for a request that was refused: which mistake was made in it. */
function reportRefused(request: ReceivedRequest, { out, language }: ServiceShell): void {
  if (request.mistake === undefined) return;
  const [, time] = request.at.toISOString().split(/[T.]/);
  out.lines(`${out.style.bad('✗')} ${time} ${request.summary(language)}`);
}

async function uploadImages(sandbox: Sandbox, { out, say }: ServiceShell): Promise<void> {
  const { runDemo } = await import('@coupon-media/sandbox');
  for await (const { image, bytes, imageUrl } of runDemo(sandbox.credentials)) {
    const line = say('sandbox.uploaded', { image, bytes: String(bytes).padStart(6) });
    out.lines(`  ${out.style.good('✓')} ${line}`, `    ${imageUrl}`);
  }
  out.lines('');
}

function nextSteps(
  { folder, credentials, certificateMode, certificateModePath, hosts, door }: Sandbox,
  say: ServiceShell['say'],
): string[] {
  const here = path.relative(process.cwd(), folder) || '.';
  const keys = path.relative(process.cwd(), path.dirname(credentials.privateKeyPath)) || '.';
  const file = `${here}/credentials.json`;
  const [profile, data] = here === '.coupon-media' ? ['', ''] : [` --profile ${file}`, ` --data ${here}`];
  return [
    say('sandbox.next'),
    `  ${say('sandbox.next.console', { url: credentials.baseUrl })}`,
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
    ...(door ? [`  ${say('sandbox.next.door', { url: door.url, file: `${here}/token.txt` })}`] : []),
    `  ${say('sandbox.next.certificateMode', { mchid: certificateMode.mchid, file: `${here}/${path.basename(certificateModePath)}` })}`,
    `  ${say('sandbox.next.test')}`,
    `  ${say('sandbox.next.requests', { data })}`,
    `  ${say('sandbox.next.faults', { backup: hosts[1] ?? '' })}`,
    `  ${say('sandbox.next.notify', { data })}`,
    '',
    say('sandbox.next.end'),
  ];
}
