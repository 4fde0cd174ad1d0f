import { setTimeout as sleep } from 'node:timers/promises';
import { checkClusterStore, openClusterEngines, openClusterMerchants } from '@coupon-media/cluster';
import type { Credentials, Sandbox } from '@coupon-media/sandbox';
import {
  type ClusterConfig,
  isCluster,
  openEmbeddedMerchants,
  readConfig,
  type Service,
  startService,
} from '@coupon-media/server';
import { png, send, sha256, signedUpload } from '../support/exchange.js';
import type { Settings } from './rows.js';

/** What is tried, in this order. Each step throws if it fails. */
const STEPS: readonly (readonly [name: string, act: (trial: Trial) => Promise<void>])[] = [
  ['readiness of two nodes', readiness],
  ['uploads of 10 KB and 1.9 MB', uploads],
  ['the same image eight times at once at each node', atOnce],
  ['replays at both nodes', replays],
  ['the image whole and by range at the other node', images],
  ['a disabled merchant at the other node', disabled],
  ['bytes of another digest refused by the object store', otherBytes],
  ['store check', check],
];

/** The names of all steps, for the document. */
export const TRIED: readonly string[] = [
  'merchant add',
  'start of two nodes',
  ...STEPS.map(([name]) => name),
];

/** What the trial saw: how many of {@link TRIED} were passed, and the words of the one that was not. */
export interface Seen {
  readonly passed: number;
  readonly failed?: string;
}

interface Trial {
  readonly config: ClusterConfig;
  readonly credentials: Credentials;
  readonly nodes: readonly [Service, Service];
}

/** Lets two nodes with these settings do everything that nodes do. */
export async function tryOut(settings: Settings, sandbox: Sandbox): Promise<Seen> {
  let passed = 0;
  const nodes: Service[] = [];
  try {
    const config = configOf(settings);
    await addMerchants(config, sandbox);
    passed += 1;
    for (const _ of [1, 2]) nodes.push(await startNode(config));
    passed += 1;
    const trial = { config, credentials: sandbox.credentials, nodes: nodes as [Service, Service] };
    for (const [, act] of STEPS) {
      await act(trial);
      passed += 1;
    }
    return { passed };
  } catch (error) {
    return { passed, failed: `${TRIED[passed]}: ${wordsOf(error)}` };
  } finally {
    for (const node of nodes) await node.stop();
  }
}

/** @returns the words with which a node does not start, or undefined if it starts */
export async function refusalOf(settings: Settings): Promise<string | undefined> {
  try {
    await (await startNode(configOf(settings))).stop();
    return undefined;
  } catch (error) {
    return wordsOf(error);
  }
}

function configOf(settings: Settings): ClusterConfig {
  // The library looks for the keys of S3 in the environment of the process.
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) process.env[name] = settings[name];
  const config = readConfig({}, { ...settings });
  if (!isCluster(config)) throw new Error('these settings name no cluster');
  return config;
}

function startNode(config: ClusterConfig): Promise<Service> {
  return startService(config, { openEngines: (hooks) => openClusterEngines(config, hooks) });
}

async function addMerchants(config: ClusterConfig, { folder }: Sandbox): Promise<void> {
  const [from, to] = [await openEmbeddedMerchants({ folder }), await openClusterMerchants(config)];
  try {
    for (const key of await from.platformKeys()) await to.addPlatformKey(key);
    for (const { certificates, ...profile } of await from.merchants()) {
      await to.saveMerchant(profile);
      for (const certificate of certificates) await to.addCertificate(profile.id, certificate);
    }
  } finally {
    await Promise.all([from.close(), to.close()]);
  }
}

async function readiness({ nodes }: Trial): Promise<void> {
  // A Redis that has just started may have forgotten recent requests.
  for (const node of nodes)
    await until('ready', async () => (await fetch(`${urlOf(node)}/readyz`)).status === 200);
}

async function uploads({ credentials, nodes }: Trial): Promise<void> {
  for (const [index, bytes] of [SMALL, LARGE].entries()) await upload(credentials, nodes[index % 2], bytes);
}

async function atOnce({ credentials, nodes }: Trial): Promise<void> {
  const image = png(3, 1, Buffer.alloc(10_000, 'at once'));
  await Promise.all(
    nodes.flatMap((node) => Array.from({ length: 8 }, () => upload(credentials, node, image))),
  );
}

async function replays({ credentials, nodes }: Trial): Promise<void> {
  const signed = await signedUpload({ ...credentials, baseUrl: urlOf(nodes[0]) }, { file: SMALL });
  mustBe(200, await send(credentials, signed));
  for (const node of nodes) {
    const { pathname } = new URL(signed.url);
    mustBe(401, await send(credentials, { ...signed, url: `${urlOf(node)}${pathname}` }));
  }
}

async function images({ nodes }: Trial): Promise<void> {
  const url = `${urlOf(nodes[1])}/images/${sha256(LARGE)}.png`;
  const whole = Buffer.from(await (await fetch(url)).arrayBuffer());
  if (!whole.equals(LARGE)) throw new Error(`the image came back as ${whole.length} other bytes`);
  const part = await fetch(url, { headers: { Range: 'bytes=1000-1999' } });
  const bytes = Buffer.from(await part.arrayBuffer());
  if (part.status !== 206 || !bytes.equals(LARGE.subarray(1000, 2000)))
    throw new Error(`a range came back with ${part.status} and ${bytes.length} bytes`);
}

async function disabled({ config, credentials, nodes }: Trial): Promise<void> {
  const { mchid } = credentials;
  await setEnabled(config, mchid, false);
  await until('refused', async () => {
    const signed = await signedUpload({ ...credentials, baseUrl: urlOf(nodes[1]) }, { file: SMALL });
    const { status } = await send(credentials, signed);
    return status !== 200;
  });
  await setEnabled(config, mchid, true);
}

async function setEnabled(config: ClusterConfig, mchid: string, enabled: boolean): Promise<void> {
  const merchants = await openClusterMerchants(config);
  try {
    const merchant = await merchants.merchant(mchid);
    if (!merchant) throw new Error(`there is no merchant ${mchid}`);
    await merchants.saveMerchant({ ...merchant, enabled });
  } finally {
    await merchants.close();
  }
}

async function otherBytes({ config }: Trial): Promise<void> {
  const warnings: string[] = [];
  const engines = await openClusterEngines(config, {
    log: { info() {}, warn: (message) => void warnings.push(String(message)) },
  });
  await engines.close();
  if (warnings.some((warning) => warning.includes('signed digest'))) throw new Error('it stores them');
}

async function check({ config }: Trial): Promise<void> {
  const { problems } = await checkClusterStore(config, { deep: true });
  if (problems.length > 0) throw new Error(problems.map(({ detail }) => detail.en).join(', '));
}

async function upload(credentials: Credentials, node: Service | undefined, file: Buffer): Promise<void> {
  if (!node) throw new Error('there is no such node');
  const signed = await signedUpload({ ...credentials, baseUrl: urlOf(node) }, { file, filename: '头图.png' });
  mustBe(200, await send(credentials, signed));
}

function mustBe(status: number, answer: { status: number; text: string }): void {
  if (answer.status !== status) throw new Error(`${answer.status} instead of ${status}: ${answer.text}`);
}

async function until(what: string, test: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + PATIENCE; Date.now() < deadline; await sleep(100))
    if (await test()) return;
  throw new Error(`it is not ${what} after ${PATIENCE / 1000} s`);
}

/** Milliseconds. */
const PATIENCE = 60_000;

const SMALL = png(1, 1, Buffer.alloc(10_000, 'small'));
const LARGE = png(2, 1, Buffer.alloc(1_900_000, 'large'));

function urlOf({ address }: Service): string {
  return `http://127.0.0.1:${address.port}`;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
