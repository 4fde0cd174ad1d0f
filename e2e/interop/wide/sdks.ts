import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { CertificateModeCredentials, Credentials } from '@coupon-media/sandbox';
import { type Authority, openEdge } from './edge.js';
import type { SdkResult } from './results.js';
import { PROGRAMS, prepareModule } from './workspaces.js';

/** An SDK that is installed by exact version and run as its README says. */
export interface Sdk {
  sdk: string;
  version: string;
  certificates: string;
  prepare(cache: string): Promise<RunOf>;
}

/** The CA that an SDK is to trust, in both forms. */
export type Trust = Pick<Authority, 'file' | 'trustStore'>;

/** Gives the command of an SDK that uses a proxy. */
export type RunOf = (port: number, trust: Trust) => Run;

interface Run {
  command: readonly string[];
  environment: Readonly<Record<string, string>>;
}

export const sdks: readonly Sdk[] = [
  java('WechatpayJava', 'wechatpay-java', 'com.github.wechatpay-apiv3:wechatpay-java:0.2.17'),
  java(
    'WechatpayApache',
    'wechatpay-apache-httpclient',
    'com.github.wechatpay-apiv3:wechatpay-apache-httpclient:0.6.0',
  ),
  {
    sdk: 'wechatpay-go',
    version: '0.2.21',
    certificates: 'downloads and verifies them when the client is made',
    async prepare(cache) {
      const folder = copied(cache, 'go-sdk');
      if (!existsSync(path.join(folder, 'go.mod'))) await execute('go', ['mod', 'init', 'sdk'], folder);
      await execute('go', ['get', 'github.com/wechatpay-apiv3/wechatpay-go@v0.2.21'], folder);
      await execute('go', ['build', '-o', 'sdk', '.'], folder);
      return (port, { file }) => ({
        command: [path.join(folder, 'sdk')],
        environment: { HTTPS_PROXY: `http://127.0.0.1:${port}`, SSL_CERT_FILE: file },
      });
    },
  },
  {
    sdk: 'wechatpayv3',
    version: '2.0.4',
    certificates: 'downloads them when the client is made',
    async prepare(cache) {
      const folder = copied(cache, 'python-sdk');
      if (!existsSync(path.join(folder, 'venv'))) await execute('python3', ['-m', 'venv', 'venv'], folder);
      await execute('venv/bin/python', ['-m', 'pip', 'install', '--quiet', 'wechatpayv3==2.0.4'], folder);
      return (port, { file }) => ({
        command: [path.join(folder, 'venv/bin/python'), path.join(folder, 'wechatpayv3_.py')],
        environment: { HTTPS_PROXY: `http://127.0.0.1:${port}`, REQUESTS_CA_BUNDLE: file },
      });
    },
  },
];

export interface SdkPlace {
  credentials: Credentials;
  authority: Authority;
  mode: 'public key' | 'certificate';
  front: string;
  /** The port of the service, or of the proxy. */
  port: number;
}

/** Runs one SDK in one mode behind one front: an upload, one that is refused, and one whose response is forged. */
export async function measureSdk(
  { sdk, version, certificates }: Sdk,
  runOf: RunOf,
  place: SdkPlace,
): Promise<SdkResult> {
  const { mode, front } = place;
  const told: string[] = [];
  for (const step of ['upload', 'refused', 'forged']) told.push(await once(runOf, place, step));
  const [upload = '', refused = '', forged = ''] = told;
  return {
    ...{ sdk, version, mode, front, refused },
    upload: upload.startsWith('accepted') ? 'accepted, verified by itself' : upload,
    certificates: mode === 'certificate' ? certificates : 'has none, by its public key',
    forged: forged.startsWith('accepted') ? 'accepted' : `refused: ${forged}`,
    date: new Date().toISOString().slice(0, 10),
  };
}

async function once(
  runOf: RunOf,
  { credentials, authority, mode, port }: SdkPlace,
  step: string,
): Promise<string> {
  const edge = await openEdge(authority, port, step === 'forged' ? forgeUpload : undefined);
  try {
    return await told(runOf(edge.port, authority), { credentials, mode, step });
  } finally {
    await edge.close();
  }
}

/** What a program is to do, and as whom. */
export interface Given {
  credentials: CertificateModeCredentials & Partial<Credentials>;
  mode: SdkPlace['mode'];
  step: string;
}

/** Runs a program, and returns what it says it saw. */
export async function told(
  { command: [program = '', ...args], environment }: Run,
  { credentials, mode, step }: Given,
): Promise<string> {
  const given = {
    MCHID: credentials.mchid,
    SERIAL: credentials.certificateSerialNo,
    KEY: credentials.privateKeyPath,
    CERTIFICATE: credentials.certificatePath,
    APIV3_KEY: credentials.apiV3Key,
    PUBLIC_KEY_ID: credentials.wechatPayPublicKeyId,
    PUBLIC_KEY: credentials.wechatPayPublicKeyPath,
    PLATFORM_SERIAL: credentials.platformCertificateSerialNo,
    PLATFORM_CERTIFICATE: credentials.platformCertificatePath,
    MODE: mode,
    STEP: step,
    FILE: path.resolve('packages/sandbox/images/coupon.png'),
  };
  const env = { ...process.env, ...environment, ...given };
  const { stdout, stderr } = await promisify(execFile)(program, args, { env, timeout: 60_000 }).catch(
    (error: Readonly<Record<'stdout' | 'stderr', string>>) => error,
  );
  return (/^TOLD (.*)$/m.exec(stdout)?.[1] ?? `${stdout}${stderr}`.trim().slice(-200))
    .slice(0, 160)
    .replace(/ serial=.*/, '');
}

/** Returns another response signature of the same form, except for the certificates. */
function forgeUpload(answer: Buffer): Buffer {
  const text = answer.toString('latin1');
  if (!/"(?:image|media)_url"/.test(text)) return answer;
  return Buffer.from(
    text.replace(/(?<=^Wechatpay-Signature: )./im, (first) => (first === 'A' ? 'B' : 'A')),
    'latin1',
  );
}

export function java(program: string, sdk: string, coordinates: string): Sdk {
  return {
    sdk,
    version: coordinates.split(':').at(-1) ?? '',
    certificates: 'downloads and verifies them when the client is made',
    async prepare(cache) {
      const folder = copied(cache, 'java-sdks');
      await prepareModule(folder, { program, packages: [coordinates] });
      const module = path.join(folder, program);
      return (port, { trustStore }) => ({
        command: [
          'java',
          ...['-Dhttps.proxyHost=127.0.0.1', `-Dhttps.proxyPort=${port}`],
          ...[`-Djavax.net.ssl.trustStore=${trustStore}`, '-Djavax.net.ssl.trustStorePassword=changeit'],
          ...['-cp', `${module}/classes:${module}/lib/*`, program],
        ],
        environment: {},
      });
    },
  };
}

export function copied(cache: string, programs: string): string {
  const folder = path.resolve(cache, programs);
  mkdirSync(folder, { recursive: true });
  cpSync(path.join(PROGRAMS, programs), folder, { recursive: true });
  return folder;
}

export async function execute(command: string, args: readonly string[], cwd: string): Promise<void> {
  await promisify(execFile)(command, args, { cwd, maxBuffer: 64 * 1024 * 1024 });
}
