import { rmSync } from 'node:fs';
import { cp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Client, createClient } from '@coupon-media/client';
import { openRelayRecords, startRelay } from '@coupon-media/relay';
import { readCredentials, type Sandbox, startSandbox } from '@coupon-media/sandbox';
import { openEmbeddedDatabase, readConfig, type Service, type ServiceConfig } from '@coupon-media/server';
import type { OpenEngines } from '@coupon-media/server/engine';
import pino from 'pino';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './sandbox.js';

/** A relay in a temporary folder, and what it logged. */
export interface TestRelay {
  readonly relay: Service;
  readonly folder: string;
  readonly baseUrl: string;
  /** The path of a profile of a merchant that the relay knows, and that upstream does not. */
  readonly callerProfile: string;
  /** A client of that merchant, at the APIv3 door, without retries. */
  readonly client: Client;
  /**
   * Makes a token for the plain door, which may upload and read.
   *
   * @param account default: `shop`
   * @param quota uploads per second; default: no limit
   * @returns its text
   */
  createToken(account?: string, quota?: number): Promise<string>;
  /** Lines of JSON. */
  readonly log: readonly string[];
  /** Stops it; the folder stays until the end of the test. */
  stop(): Promise<void>;
}

/** What differs from a relay with one account at the sandbox. */
export interface RelayShape {
  /** The content of the file of accounts. Default: one account, `shop`, with the sandbox's credentials. */
  readonly accounts?: object;
  readonly settings?: Partial<ServiceConfig>;
  /** A folder that another relay of this test had. */
  readonly folder?: string;
  /** Unix milliseconds. */
  readonly clock?: () => number;
  /** Opens what it stands on. Default: the folder. */
  readonly openEngines?: (folder: string) => ReturnType<OpenEngines>;
}

/** Starts a relay whose upstream is a sandbox; it ends with the test. */
export async function relayOfTest(
  upstream: Pick<Sandbox, 'credentialsPath'>,
  { accounts, settings, folder: given, clock, openEngines }: RelayShape = {},
): Promise<TestRelay> {
  const folder = given ?? (await temporaryFolder());
  if (given === undefined) {
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    made ??= makeCaller();
    // All of its log is in the database. The log's files go when the last statement is collected, which may be in the middle of the copy.
    await cp(await made, folder, { recursive: true, filter: (file) => !/-(?:shm|wal)$/.test(file) });
  }
  const accountsFile = path.join(folder, 'relay.json');
  const content = accounts ?? { shop: { profile: upstream.credentialsPath, pace: { perSecond: 1_000 } } };
  await writeFile(accountsFile, JSON.stringify({ accounts: content }));
  const log: string[] = [];
  const config = readConfig({ data: folder, port: 0, accountsFile, logLevel: 'debug', ...settings }, {});
  const relay = await startRelay(config, {
    log: pino({ level: 'debug' }, { write: (line) => log.push(line) }),
    clock,
    openEngines: openEngines && (() => openEngines(folder)),
  });
  const baseUrl = `http://127.0.0.1:${relay.address.port}`;
  const callerProfile = path.join(folder, 'credentials.json');
  const credentials = await readCredentials(callerProfile);
  const client = createClient({
    ...{
      baseUrl,
      retries: 0,
      mchid: credentials.mchid,
      certificateSerialNo: credentials.certificateSerialNo,
    },
    privateKeyPath: path.resolve(folder, credentials.privateKeyPath),
    wechatPayPublicKeys: [
      {
        id: credentials.wechatPayPublicKeyId,
        publicKeyPath: path.resolve(folder, credentials.wechatPayPublicKeyPath),
      },
    ],
    deadlines: { response: 60_000, total: 120_000 },
  });
  let stopped: Promise<void> | undefined;
  function stop(): Promise<void> {
    stopped ??= client.close().then(() => relay.stop());
    return stopped;
  }
  onTestFinished(stop);
  return {
    relay,
    folder,
    baseUrl,
    callerProfile,
    client,
    log,
    stop,
    createToken: (account, quota) => tokenOf(folder, account, quota),
  };
}

/** A folder with a merchant that calls a relay. Its keys are the relay's own, and none of upstream's; they are made once for each file of tests. */
let made: Promise<string> | undefined;

async function makeCaller(): Promise<string> {
  const folder = await temporaryFolder();
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const callers = await startSandbox({ folder, port: 0, keys: 'own' });
  await callers.stop();
  return folder;
}

async function tokenOf(folder: string, account = 'shop', quota?: number): Promise<string> {
  const database = await openEmbeddedDatabase({ folder });
  const records = await openRelayRecords(database);
  const { text } = await records.tokens.create({ name: 'test', account, scopes: ['upload', 'read'], quota });
  await records.close();
  await database.close();
  return text;
}
