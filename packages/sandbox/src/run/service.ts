import type { Text } from '@coupon-media/apiv3';
import {
  type Address,
  cannotListen,
  createService,
  openEmbeddedEngines,
  PUBLIC_URL_SETTING,
  type Publish,
  type Respond,
  type Route,
  readConfig,
  type ServiceCore,
  type ServiceListener,
  type ServiceLog,
  type SignedRoute,
  StartError,
} from '@coupon-media/server';
import type { Engines } from '@coupon-media/server/engine';
import { ensureIdentity, type SandboxIdentity } from '../identity/identity.js';
import { machineKeys } from '../identity/machine-keys.js';
import { fillFromTemplate, keepAsTemplate, templateIn } from '../identity/template.js';
import type { Clock } from './clock.js';
import { type ForgettingNonces, forgettingNonces } from './nonces.js';
import { once } from './once.js';
import type { SeededRandom } from './seed.js';

/** The engines of a folder, with the identities of its merchants and its platform in them. */
export interface OpenFolder {
  /** An absolute path. */
  readonly path: string;
  readonly engines: Awaited<ReturnType<typeof openEmbeddedEngines>>;
  readonly identity: SandboxIdentity;
  /** The beginning of the URLs of its images; undefined if it is new. */
  readonly publicUrl: string | undefined;
}

/**
 * Opens a folder, and makes what it lacks.
 *
 * @param cache where the keys of this user's sandboxes are; undefined: a new folder gets keys of its own
 * @throws FolderInUseError if another service has the folder, or an error of its store
 */
export async function openFolder(
  folder: string,
  clock: Clock,
  cache: string | undefined,
): Promise<OpenFolder> {
  const template = cache === undefined ? undefined : templateIn(cache);
  const before = template === undefined ? 'kept' : await fillFromTemplate(template, folder);
  const engines = await openEmbeddedEngines({ data: folder }, clock.now, LOG);
  try {
    const { merchants: records } = engines;
    const keys = once(() => machineKeys(cache));
    const identity = await ensureIdentity({
      ...{ folder, records, keys, now: new Date(clock.now()) },
      isCopy: before === 'filled',
    });
    if (template !== undefined && before === 'empty') await keepAsTemplate(template, folder);
    return { path: folder, engines, identity, publicUrl: await records.setting(PUBLIC_URL_SETTING) };
  } catch (error) {
    await engines.close();
    throw error;
  }
}

/** The service of a sandbox, which listens. */
export interface RunningService {
  readonly address: Address;
  readonly core: ServiceCore;
  readonly nonces: ForgettingNonces;
  /** @returns whether a merchant or a brand may call */
  isCaller(id: string): boolean;
  /** Runs a second service on the same folder, which listens on a port of its own, until `use` has ended. */
  beside(parts: BesideParts, use: (port: number) => Promise<void>): Promise<void>;
  /** Closes the folder, too. */
  close(): Promise<void>;
}

/** What differs in a service that judges a request by another time. */
export interface BesideParts {
  /** Unix milliseconds. */
  readonly clock: () => number;
  readonly nonces: Engines['nonces'];
  readonly listener: ServiceListener;
  readonly respond: Respond;
}

export interface ServiceOptions {
  readonly port: PortOptions;
  readonly quota: number;
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly listener: ServiceListener;
  readonly routes: readonly (Route | SignedRoute)[];
  /** What gives URLs. Default: the service itself. */
  readonly publish?: Publish | undefined;
  readonly respond: Respond;
}

export interface PortOptions {
  /** The port that was asked for. */
  readonly asked: number | undefined;
  /** The port of a new folder if none was asked for, or the next free one; 0 takes any. */
  readonly first: number;
  /** The folder as the user gave it, for messages. */
  readonly folder: string;
}

const HOST = '127.0.0.1';
const PORTS_TRIED = 100;

/**
 * Composes the service of a sandbox and starts it. If it cannot start, the folder is closed.
 *
 * @throws StartError if the port is in use
 */
export async function runService(
  { path: data, engines, publicUrl }: OpenFolder,
  { port, quota, clock, random, listener, routes, publish, respond }: ServiceOptions,
): Promise<RunningService> {
  const nonces = forgettingNonces(engines.nonces, clock);
  const settings = readConfig({ data, host: HOST, quotaPerSecond: quota }, {});
  const shared = { settings, log: LOG, random, routes, ...(publish && { publish }) };
  const service = await createService({
    ...shared,
    engines: { ...engines, nonces },
    clock: clock.now,
    publicUrl,
    trace: listener,
    respond,
  });
  const besides = new Set<Promise<void>>();
  async function runBeside(parts: BesideParts, use: (port: number) => Promise<void>): Promise<void> {
    const other = await createService({
      ...shared,
      engines: { ...engines, nonces: parts.nonces },
      clock: parts.clock,
      publicUrl: service.publicUrl(),
      trace: parts.listener,
      respond: parts.respond,
    });
    try {
      await use((await other.listen({ host: HOST, port: 0 })).port);
    } finally {
      await other.close();
    }
  }
  async function close(): Promise<void> {
    await service.close();
    await Promise.allSettled(besides);
    await engines.close();
  }
  try {
    const kept = publicUrl === undefined ? undefined : Number(new URL(publicUrl).port || 80);
    const address = await listen(service, kept, port);
    // A temporary folder takes its URLs along when it goes.
    const stays = port.first !== 0;
    if (publicUrl === undefined && stays)
      await engines.merchants.saveSetting(PUBLIC_URL_SETTING, service.publicUrl());
    const { find } = service.monitored.directory;
    return {
      ...{ address, core: service, nonces, close },
      isCaller: (id) => Boolean(find('merchant', id) ?? find('brand', id)),
      beside(parts, use) {
        const running = runBeside(parts, use).finally(() => besides.delete(running));
        besides.add(running);
        return running;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function listen(
  service: ServiceCore,
  kept: number | undefined,
  { folder, asked, first }: PortOptions,
): Promise<Address> {
  const wanted = asked ?? kept ?? first;
  if (kept !== undefined && wanted !== kept)
    throw new StartError('PUBLIC_URL_DIFFERS', keptPort(folder, kept, wanted));
  const last = kept === undefined && asked === undefined && first > 0 ? wanted + PORTS_TRIED - 1 : wanted;
  for (let port = wanted; ; port += 1) {
    try {
      return await service.listen({ host: HOST, port });
    } catch (cause) {
      const error = cannotListen({ host: HOST, port }, cause, { host: '--host', port: '--port' });
      if (error.code === 'PORT_TAKEN' && kept !== undefined)
        throw new StartError('PORT_TAKEN', keptPortTaken(folder, kept), { cause });
      if (error.code !== 'PORT_TAKEN' || port >= last) throw error;
    }
  }
}

function keptPort(folder: string, kept: number, wanted: number): Text {
  return {
    en: `the images in ${folder} have URLs with port ${kept}; omit --port, or use another --data folder for port ${wanted}`,
    'zh-CN': `${folder} 中图片的 URL 使用端口 ${kept}；请去掉 --port，或为端口 ${wanted} 另用一个 --data 目录`,
  };
}

/** Another port would not help, because this one is part of the URLs of the folder's images. */
function keptPortTaken(folder: string, port: number): Text {
  return {
    en: `port ${port} on ${HOST} is in use, and the images in ${folder} have URLs with it; stop the program that uses the port, or use another folder with --data (npm start -- --data DIR)`,
    'zh-CN': `${HOST} 的端口 ${port} 已被占用，而 ${folder} 中图片的 URL 使用该端口；请停止占用它的程序，或用 --data 另选一个目录（npm start -- --data 目录）`,
  };
}

/** What goes wrong inside the service itself. Requests are in the journal, so their lines would only repeat it. */
export const LOG: ServiceLog = { info() {}, warn: write, error: write };

function write(fields: unknown, message?: string): void {
  const isObject = typeof fields === 'object' && fields !== null;
  const cause: unknown = isObject ? Reflect.get(fields, 'err') : undefined;
  // A 5xx without a cause is a fault that was asked for.
  if (isObject && 'err' in fields && cause === undefined) return;
  const words = [
    message ?? (typeof fields === 'string' ? fields : ''),
    cause instanceof Error ? cause.stack : '',
  ];
  process.stderr.write(`coupon-media sandbox: ${words.filter((word) => word).join(': ')}\n`);
}
