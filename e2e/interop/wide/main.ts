import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startSandbox } from '@coupon-media/sandbox';
import { FRONTS, missing, startFront } from '../../attack/front.js';
import { changeMerchant } from '../../support/sandbox.js';
import { clients, versionOf, type WideClient } from './clients.js';
import { makeAuthority } from './edge.js';
import { measure, upload } from './measure.js';
import {
  type ClientResult,
  RESULTS,
  readResults,
  readSdkResults,
  SDK_RESULTS,
  type SdkResult,
} from './results.js';
import { measureSdk, sdks } from './sdks.js';
import { type Prepared, prepare, registries } from './workspaces.js';

// npm run interop:wide -- [--only TEXT] [--registry NAME] [--cache FOLDER]
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    registry: { type: 'string', multiple: true },
    cache: { type: 'string', default: path.join(tmpdir(), 'coupon-media-interop-wide') },
  },
});

/** Milliseconds after which a service has seen a change of its merchants. */
const SEEN_WITHIN = 2000;

const folder = mkdtempSync(path.join(tmpdir(), 'coupon-media-wide-'));
const sandbox = await startSandbox({ port: 0, folder: path.join(folder, 'sandbox') });
const { credentials } = sandbox;
const port = Number(new URL(credentials.baseUrl).port);
const proxies = FRONTS.filter((front) => front !== 'direct');
for (const reason of proxies.flatMap((front) => missing(front) ?? [])) say(`not run: ${reason}`);
const fronts = await Promise.all(
  proxies
    .filter((front) => !missing(front))
    .map(async (name) => ({ name, front: await startFront(name, port, '.') })),
);

for (const registry of registries.filter((name) => values.registry?.includes(name) ?? true)) {
  const chosen = clients.filter(
    (client) => client.registry === registry && client.client.includes(values.only),
  );
  if (chosen.length === 0) continue;
  say(`installing from ${registry} …`);
  let prepared: Prepared;
  try {
    prepared = await prepare(registry, values.cache);
  } catch (error) {
    const { stderr = String(error) } = error as { stderr?: string };
    say(`not run: ${registry}: ${stderr.trim().split('\n').slice(-12).join('\n')}`);
    process.exitCode = 1;
    continue;
  }
  const found: ClientResult[] = [];
  for (const client of chosen) found.push(await row(client, prepared));
  await prepared.close();
  keep(found);
}
if (values.registry === undefined || values.registry.includes('sdks')) await runSdks();
await Promise.all(fronts.map(({ front }) => front.stop()));
await sandbox.stop();
await rm(folder, { recursive: true, force: true });

async function runSdks(): Promise<void> {
  const authority = makeAuthority(folder);
  const found: SdkResult[] = [];
  for (const sdk of sdks.filter((each) => each.sdk.includes(values.only))) {
    const runOf = await sdk.prepare(values.cache);
    for (const mode of ['public key', 'certificate'] as const) {
      const { wechatPayPublicKeyId, platformCertificateSerialNo } = credentials;
      const defaultPlatformKeyId =
        mode === 'certificate' ? platformCertificateSerialNo : wechatPayPublicKeyId;
      await changeMerchant(sandbox, { defaultPlatformKeyId });
      await sleep(SEEN_WITHIN);
      const ways = [{ name: 'direct', front: { port } }, ...fronts];
      for (const {
        name: front,
        front: { port: at },
      } of ways) {
        const result = await measureSdk(sdk, runOf, { credentials, authority, mode, front, port: at });
        say(Object.values(result).join(' | '));
        found.push(result);
      }
    }
  }
  const others = readSdkResults().filter((old) => !found.some(({ sdk }) => sdk === old.sdk));
  writeFileSync(SDK_RESULTS, `${JSON.stringify([...others, ...found], null, 2)}\n`);
}

async function row(client: WideClient, { commandOf, images }: Prepared): Promise<ClientResult> {
  const command = commandOf(client);
  const own = path.join(folder, 'images');
  const place = { credentials, images: images ?? { here: own, there: own } };
  const measured = await measure(command, { ...place, url: credentials.baseUrl });
  const behind: Record<string, string> = {};
  for (const { name, front } of fronts)
    behind[name] = await upload(command, { ...place, url: `http://127.0.0.1:${front.port}` });
  const { client: name, language, registry } = client;
  const version = versionOf(client);
  const found = { client: name, language, version, registry, ...measured, behind };
  say(
    [
      name,
      version,
      language,
      measured.plain,
      measured.chinese,
      JSON.stringify(behind),
      measured.lacks.join(' '),
    ].join(' | '),
  );
  return { ...found, ...(client.set && { set: client.set }), date: new Date().toISOString().slice(0, 10) };
}

/** Replaces the rows of the same clients, in the order of the list of clients. */
function keep(found: readonly ClientResult[]): void {
  const key = ({ client, version }: Pick<ClientResult, 'client' | 'version'>) => `${client} ${version}`;
  const known = new Map([...readResults(), ...found].map((result) => [key(result), result]));
  const listed = clients.flatMap((client) => known.get(key({ ...client, version: versionOf(client) })) ?? []);
  writeFileSync(RESULTS, `${JSON.stringify(listed, null, 2)}\n`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
