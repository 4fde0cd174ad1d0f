import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fill, type Language, type Text } from '@coupon-media/apiv3';
import type { Client, ClientOptions } from '@coupon-media/client';
import { consoleRoutes } from '@coupon-media/console';
import type { ServiceListener } from '@coupon-media/server';
import { createCalls } from './calls/calls.js';
import { readRule } from './calls/read-rules.js';
import type { Remarks } from './calls/remarks.js';
import type { ResponseRule } from './calls/rule.js';
import { openSensitiveFields } from './calls/sensitive.js';
import type { Responses } from './calls/table.js';
import { type OpenDoor, openDoor, type SandboxDoor } from './door/open-door.js';
import { createFaults, type Faults } from './faults/faults.js';
import { createHosts } from './faults/hosts.js';
import { createPlatform } from './faults/platform.js';
import type { FaultRule } from './faults/rule.js';
import type { OpenHosts, SandboxTls } from './hosts/hosts.js';
import { openTls, type TlsOptions } from './hosts/open-tls.js';
import { atHome } from './http/home.js';
import { apiRoute } from './http/route.js';
import { cacheFolder } from './identity/cache-folder.js';
import {
  absolute,
  CERTIFICATE_MODE_FILE,
  type CertificateModeCredentials,
  CREDENTIALS_FILE,
  type Credentials,
} from './identity/credentials.js';
import { type SandboxIdentity, writeCredentials } from './identity/identity.js';
import { createJournal } from './journal/journal.js';
import type { JournalLimits } from './journal/limits.js';
import { explainFor } from './journal/mistake.js';
import type { Insight, ReceivedRequest } from './journal/received-request.js';
import { type ReplayOptions, replayRequest } from './journal/replay.js';
import { createNotifier, type Notify } from './notify/notify.js';
import { type Clock, type ClockSetting, createClock } from './run/clock.js';
import { machineLanguage } from './run/language.js';
import { once } from './run/once.js';
import { createRandom, type SeededRandom } from './run/seed.js';
import {
  LOG,
  type OpenFolder,
  openFolder,
  type PortOptions,
  type RunningService,
  runService,
} from './run/service.js';
import { removeAbandoned, type TemporaryFolder, temporaryFolder } from './run/temporary-folder.js';

export interface SandboxOptions {
  /** The folder of the sandbox. It is created if it is missing, and it stays. Default: a temporary one, which is removed. */
  folder?: string | undefined;
  /**
   * Default: in a temporary folder any free port; otherwise the port of the folder's URLs, in a new folder 8787 or the next free
   * one. 0 takes any free port.
   */
  port?: number | undefined;
  /** Uploads per second. Default: 0, no limit. */
  quota?: number | undefined;
  /** Default: `real`. */
  clock?: ClockSetting | undefined;
  /** Makes request ids, and all nonces of the service and of `client()`, the same in each run. Default: random ones. */
  seed?: string | undefined;
  /**
   * `machine`: a new folder gets the keys that all sandboxes of this user share. `own`: it gets keys of its own, which takes a
   * second. Default: `machine`.
   */
  keys?: 'machine' | 'own' | undefined;
  /** How many requests are kept for `requests`. */
  journal?: JournalLimits | undefined;
  /** The language of the matchers' messages. Default: that of the machine, if it is Chinese, else English. */
  language?: Language | undefined;
  /** Responses to signed calls that are not uploads; `sandbox.responses` adds more. Default: creating a coupon, alone. */
  responses?: readonly ResponseRule[] | undefined;
  /** Host names beside 127.0.0.1, localhost and [::1] under which `/sandbox` responds. Default: none. */
  allowedHosts?: readonly string[] | undefined;
  /** Rules for what is to go wrong from the start. `reset` removes them like others. Default: none. */
  faults?: readonly FaultRule[] | undefined;
  /**
   * TLS under the hosts of WeChat Pay, for programs that have them compiled in; see {@link Sandbox.tls}. Default: false. It takes
   * a few milliseconds, and a tenth of a second when the certificate is made, once in 30 days.
   */
  tls?: boolean | TlsOptions | undefined;
  /**
   * The plain door of a relay, `/v1/images` with a token: `true` wants `@coupon-media/door` to be installed, `installed` opens it if it is.
   * Default: false.
   */
  door?: boolean | 'installed' | undefined;
  /** Called with each request when it has ended. */
  onRequest?: ((request: ReceivedRequest) => void) | undefined;
}

/** A sandbox that is running. */
export interface Sandbox {
  /** An absolute path. */
  readonly folder: string;
  /** The path of `credentials.json`. */
  readonly credentialsPath: string;
  /** The content of `credentials.json`, with absolute paths. */
  readonly credentials: Credentials;
  /** The path of the credentials of a merchant whose responses are signed with the platform certificate. */
  readonly certificateModePath: string;
  /** What that file contains, with absolute paths. */
  readonly certificateMode: CertificateModeCredentials;
  /** The preferred port, if it was in use and the next free one was taken. */
  readonly takenPort: number | undefined;
  /** How programs with compiled-in hosts reach the sandbox; undefined unless the option `tls` asks for it. */
  readonly tls: SandboxTls | undefined;
  /** The plain door; undefined unless the option `door` opened it. */
  readonly door: SandboxDoor | undefined;
  /** The requests that arrived, the oldest first, as far as the journal keeps them. */
  readonly requests: readonly ReceivedRequest[];
  readonly language: Language;
  /** What is to go wrong. */
  readonly faults: Faults;
  /** The origins of its main and its backup host, for the option `hosts` of a client. */
  readonly hosts: readonly string[];
  /** How it responds to signed calls that are not uploads: creating a coupon, and whatever is added. */
  readonly responses: Responses;
  /** Sends a notification as WeChat Pay does, right or wrong, and reports how its receiver responded. */
  readonly notify: Notify;
  /** The time by the clock of the sandbox. */
  now(): Date;
  /** Changes the clock, for this sandbox and its clients. If it goes back, the used nonces are forgotten. */
  setClock(setting: ClockSetting): void;
  /**
   * Makes a client of the sandbox's merchant. It follows the clock and the seed of the sandbox, and is closed with it.
   *
   * @param options what is to differ
   */
  client(options?: Partial<ClientOptions>): Promise<Client>;
  /**
   * Sends a request that arrived to the service again, by its number. The result is an entry of the journal, whose `replayOf` is that
   * number. Matchers do not count it.
   *
   * @returns the entry, when it has ended
   * @throws SandboxError if the journal has no such request, or not its whole body
   */
  replay(number: number, options?: ReplayOptions): Promise<ReceivedRequest>;
  /**
   * Forgets the requests, the used nonces, the faults, the coupons and the responses that were added, and sets clock and seed as they
   * were at the start. Images and merchants stay.
   */
  reset(): void;
  /** Responds to the requests in progress, closes the clients, and removes a temporary folder. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a whole service for development and tests, with merchants, their keys and those of the platform.
 *
 * @returns the running sandbox, with the credentials that a client needs
 * @throws StartError if the port is in use, FolderInUseError if another service has the folder, SandboxError if the clock cannot
 *   be set so or a fault rule is wrong, or an error of its store
 * @example
 * ```ts
 * import { startSandbox } from '@coupon-media/sandbox';
 *
 * const sandbox = await startSandbox();
 * const client = await sandbox.client();
 * await client.uploadImage('header.jpg');
 * console.log(sandbox.requests[0]?.upload?.filename); // 'header.jpg'
 * await sandbox.stop();
 * ```
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { clock: initialClock = 'real', seed, quota = 0, language = machineLanguage() } = options;
  const clock = createClock(initialClock);
  const random = createRandom(seed);
  const initial = (options.responses ?? []).map((rule, at) => readRule(rule, `[${at}]`));
  const { path: folder, remove } = await folderOf(options.folder);
  let door: OpenDoor | undefined;
  try {
    const cache = options.keys === 'own' ? undefined : cacheFolder();
    const opened = await openFolder(folder, clock, cache);
    const { engines, identity } = opened;
    const calls = createCalls({
      images: engines.images,
      publicUrl: () => service.core.publicUrl(),
      initial,
    });
    const { responses } = calls;
    const journal = createJournal(clock, insightFor(identity, calls.remarks), options.journal);
    const notify = createNotifier({ records: engines.merchants, now: clock.now });
    if (options.onRequest) journal.follow(options.onRequest);
    const port = portOf(options, folder);
    const stopping = new AbortController();
    const { allowedHosts = [] } = options;
    const replay = (number: number, how: ReplayOptions = {}): Promise<ReceivedRequest> =>
      replayRequest(number, how, { journal, service, clock, random, identity: opened.identity });
    const hosts = createHosts();
    const { faults, begin, respond } = createFaults({
      ...{ hosts, clock, random, stopping: stopping.signal, seed: seed ?? random.id() },
      platform: createPlatform(opened.engines.merchants, random, clock.now),
      isCaller: (id) => service.isCaller(id),
    });
    door = await openDoor(options.door, {
      ...{ engines, folder, now: clock.now, allowedHosts, journal, log: LOG, perSecond: quota },
      publicUrl: () => service.core.publicUrl(),
    }).catch(async (error: unknown) => {
      await engines.close();
      throw error;
    });
    if (door) journal.follow(door.seen);
    const routes = [
      ...(door?.routes ?? []),
      apiRoute({
        ...{ journal, replay, responses, notify, allowedHosts, stopping: stopping.signal, faults },
        ...{ origins: hosts.origins, now: clock.now, place: () => sandbox },
      }),
      ...consoleRoutes({ isAtHome: atHome(allowedHosts) }),
      ...calls.routes,
    ];
    const listener: ServiceListener = {
      ...journal.listener,
      begin(trace, request) {
        journal.listener.begin?.(trace, request);
        begin(trace, request);
      },
    };
    const service = await runService(opened, {
      ...{ port, quota, clock, random, routes, listener, publish: door?.publish },
      respond(response, of) {
        journal.receiveRest(of.trace, of.request);
        return respond(response, of);
      },
    });
    const [sandbox] = await Promise.all([
      describe(opened, service, port),
      hosts.open(service.core, service.address),
    ]);
    const clients = new Set<Client>();
    const stop = once(async () => {
      stopping.abort();
      tls?.retire();
      await Promise.all([...clients].map((client) => client.close()));
      await hosts.reopen();
      await door?.close();
      await Promise.all([service.close(), hosts.close()]);
      await tls?.close();
      await remove();
    });
    let tls: OpenHosts | undefined;
    try {
      const place = { folder, cache, language, isTemporary: options.folder === undefined };
      tls = await openTls(options.tls, { ...place, origins: hosts.origins() });
      faults.add(...(options.faults ?? []));
    } catch (error) {
      await stop();
      throw error;
    }
    // Nothing of the start depends on it.
    if (options.folder === undefined) void removeAbandoned();
    let isSaid = false;
    // A window accepts nothing from before what it has forgotten, and that would be every request from now on.
    function wentBack(from: number): void {
      const n = service.nonces.forget();
      if (n === 0 || isSaid) return;
      isSaid = true;
      const [was, is] = [from, clock.now()].map((time) => new Date(time).toISOString());
      process.stderr.write(
        `coupon-media sandbox: ${fill(WENT_BACK[language], language, { was: was ?? '', is: is ?? '', n })}\n`,
      );
    }
    return {
      ...{ ...sandbox, language, replay, faults, responses, notify },
      ...{ hosts: hosts.origins(), tls: tls?.tls, stop, [Symbol.asyncDispose]: stop },
      door: door && { url: `${sandbox.credentials.baseUrl}/v1/images`, token: door.token },
      get requests() {
        return journal.requests();
      },
      now: () => new Date(clock.now()),
      setClock(setting) {
        const before = clock.now();
        clock.set(setting);
        if (clock.now() < before) wentBack(before);
      },
      async client(given = {}) {
        const client = await clientOf(sandbox.credentials, clock, random, given);
        clients.add(client);
        return client;
      },
      reset() {
        journal.clear();
        faults.clear();
        service.nonces.forget();
        calls.reset();
        clock.set(initialClock);
        random.restart();
      },
    };
  } catch (error) {
    await door?.close();
    await remove();
    throw error;
  }
}

function insightFor(identity: SandboxIdentity, remarks: Remarks): Insight {
  return {
    ...explainFor(identity, remarks),
    sensitiveFields: (request) =>
      openSensitiveFields(
        { body: request.body, keyId: request.header('wechatpay-serial') },
        identity.platformKeys,
      ),
  };
}

const FIRST_PORT = 8787;

const WENT_BACK: Text = {
  en: 'the clock was set back from {was} to {is}: {n} used {n:nonce was|nonces were} forgotten, so that requests are accepted again (said once)',
  'zh-CN': '沙箱时钟从 {was} 调回到 {is}：已清除 {n} 个用过的随机串，请求可以照常通过（只提示一次）',
};

async function folderOf(given: string | undefined): Promise<TemporaryFolder> {
  if (given === undefined) return temporaryFolder();
  const folder = path.resolve(given);
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o700);
  return { path: folder, remove: async () => {} };
}

function portOf({ folder, port }: SandboxOptions, absoluteFolder: string): PortOptions {
  return { asked: port, first: folder === undefined ? 0 : FIRST_PORT, folder: folder ?? absoluteFolder };
}

/** Writes the credentials, now that the address is known. */
async function describe(
  { path: folder, identity, publicUrl }: OpenFolder,
  { address: { host, port } }: RunningService,
  { asked, first }: PortOptions,
): Promise<Pick<Sandbox, 'folder' | 'takenPort' | CredentialNames>> {
  const baseUrl = `http://${host}:${port}`;
  const credentials = { baseUrl, ...identity.merchant };
  const certificateMode = { baseUrl, ...identity.certificateMode };
  await writeCredentials(folder, credentials, certificateMode);
  // A folder with images has a port of its own, and no other is tried.
  const preferred = publicUrl === undefined ? (asked ?? first) : port;
  return {
    folder,
    credentialsPath: path.join(folder, CREDENTIALS_FILE),
    credentials: absolute(credentials, folder),
    certificateModePath: path.join(folder, CERTIFICATE_MODE_FILE),
    certificateMode: absolute(certificateMode, folder),
    takenPort: preferred === 0 || preferred === port ? undefined : preferred,
  };
}

type CredentialNames = 'credentialsPath' | 'credentials' | 'certificateModePath' | 'certificateMode';

/** The SDK is loaded for those who ask for a client: programs in other languages have their own. */
async function clientOf(
  { baseUrl, mchid, certificateSerialNo, privateKeyPath, apiV3Key, ...platform }: Credentials,
  clock: Clock,
  random: SeededRandom,
  given: Partial<ClientOptions>,
): Promise<Client> {
  const { createClient } = await import('@coupon-media/client');
  return createClient({
    ...(given.hosts === undefined && { baseUrl }),
    ...{ mchid, certificateSerialNo, privateKeyPath, apiV3Key },
    wechatPayPublicKeys: [
      { id: platform.wechatPayPublicKeyId, publicKeyPath: platform.wechatPayPublicKeyPath },
    ],
    ...given,
    effects: { now: clock.now, nonce: random.nonce, ...given.effects },
  });
}
