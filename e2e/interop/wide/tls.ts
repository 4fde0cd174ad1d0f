import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Sandbox, startSandbox } from '@coupon-media/sandbox';
import { makeAuthority } from './edge.js';
import { readTlsResults, TLS_RESULTS, type TlsResult } from './results.js';
import { type Given, type RunOf, type Sdk, type Trust, told } from './sdks.js';
import { tlsSdks } from './tls-sdks.js';

// npm run sandbox:wide -- [--only TEXT] [--cache FOLDER] [--php FOLDER]
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    cache: { type: 'string', default: path.join(tmpdir(), 'coupon-media-interop-wide') },
    php: { type: 'string' },
  },
});

/** Characters of an error: some have the whole URL in them. */
const MOST = 90;

const folder = mkdtempSync(path.join(tmpdir(), 'coupon-media-wide-'));
const sandbox = await startSandbox({ folder: path.join(folder, 'sandbox'), tls: { port: 0, proxyPort: 0 } });
const tls = tlsOf(sandbox);
const proxyPort = Number(new URL(tls.proxyUrl).port);
const trust = trustOf(tls.caPath);
/** Another CA: an SDK that trusts only this one must refuse the sandbox. */
const strange = makeAuthority(folder);
const found: TlsResult[] = [];
try {
  for (const sdk of tlsSdks(values.php).filter((each) => each.sdk.includes(values.only))) {
    const result = await measure(sdk, await sdk.prepare(values.cache));
    process.stdout.write(`${Object.values(result).join(' | ')}\n`);
    found.push(result);
  }
} finally {
  await sandbox.stop();
  await rm(folder, { recursive: true, force: true });
}
const others = readTlsResults().filter((old) => !found.some(({ sdk }) => sdk === old.sdk));
writeFileSync(TLS_RESULTS, `${JSON.stringify([...others, ...found], null, 2)}\n`);

async function measure({ sdk, version }: Sdk, runOf: RunOf): Promise<TlsResult> {
  const { credentials, certificateMode } = sandbox;
  const byKey = { credentials, mode: 'public key' } as const;
  const byCertificate = { credentials: certificateMode, mode: 'certificate' } as const;
  const ask = (given: Given, trusted: Trust = trust) => told(runOf(proxyPort, trusted), given);
  return {
    ...{ sdk, version },
    publicKey: accepted(await ask({ ...byKey, step: 'upload' })),
    certificate: accepted(await ask({ ...byCertificate, step: 'upload' })),
    refused: await ask({ ...byKey, step: 'refused' }),
    withoutCa: accepted(await ask({ ...byKey, step: 'upload' }, strange)),
    date: new Date().toISOString().slice(0, 10),
  };
}

/** An upload counts if the sandbox has answered it with 200 under the main host. */
function accepted(words: string): string {
  if (!words.startsWith('accepted')) return words.length > MOST ? `${words.slice(0, MOST - 1)}…` : words;
  const received = sandbox.requests.at(-1);
  const host = received?.headers.find(([name]) => name.toLowerCase() === 'host')?.[1];
  return `accepted as ${host}`;
}

/** The trust store of Java, by the line that `coupon-media sandbox --tls` prints. */
function trustOf(file: string): Trust {
  const trustStore = path.join(folder, 'truststore.p12');
  const store = ['-keystore', trustStore, '-storetype', 'PKCS12', '-storepass', 'changeit'];
  const args = ['-importcert', '-noprompt', '-alias', 'coupon-media', '-file', file, ...store];
  execFileSync('keytool', args, { stdio: 'pipe' });
  return { file, trustStore };
}

function tlsOf({ tls: opened }: Sandbox): NonNullable<Sandbox['tls']> {
  if (!opened) throw new Error('TLS was asked for');
  return opened;
}
