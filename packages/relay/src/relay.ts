import { readFile } from 'node:fs/promises';
import { fileErrorText, filled, isLoopbackHost, type Text } from '@coupon-media/apiv3';
import { consoleRoutes } from '@coupon-media/console';
import {
  type Service,
  type ServiceConfig,
  type StartOptions,
  startService,
  type Wrap,
  type Wrapping,
} from '@coupon-media/server';
import { openAccounts } from './accounts/accounts.js';
import { type AccountsConfiguration, readAccountsFile } from './accounts/configuration.js';
import { warnOfExposure } from './accounts/exposure.js';
import { watchProfiles } from './accounts/renewal.js';
import { addWishes, publishUpstream } from './apiv3-door/publish.js';
import { openAudit } from './audit/audit.js';
import { keepFor } from './audit/retention.js';
import { createAlarms } from './observe/alarms.js';
import { watchEndings } from './observe/endings.js';
import { measureRelay, type RelayCounts } from './observe/metrics.js';
import { BREAKERS, watchUploads } from './observe/recent.js';
import { openOutbox } from './outbox/open.js';
import { openPaces } from './pace/paces.js';
import type { RelayParts } from './parts.js';
import { openPlainDoor } from './plain-door.js';
import { RelayError } from './relay-error.js';
import { upgradeRelay } from './schema.js';
import { holdImages } from './uploads/held.js';
import { openLanes } from './uploads/lanes.js';
import { createPublisher, type OutboxPublisher } from './uploads/publisher.js';
import { watchBacklog } from './uploads/watch-backlog.js';

export interface RelayOptions extends Pick<StartOptions, 'log' | 'openEngines'> {
  /** The clock of what is the relay's own: pace, outbox, audit, tokens. Unix milliseconds. Default: `Date.now`. */
  readonly clock?: (() => number) | undefined;
}

/**
 * Starts a relay: it takes uploads as the service does, uploads each image once to the account of its caller, and responds with upstream's
 * own URL.
 *
 * @param config as `readConfig` returns it; `accountsFile` names the accounts
 * @throws RelayError, StartError, or whatever the store says of itself
 */
export async function startRelay(
  config: ServiceConfig,
  { clock = Date.now, ...options }: RelayOptions = {},
): Promise<Service> {
  if (config.accountsFile === undefined) throw new RelayError('ACCOUNTS_MISSING', NO_ACCOUNTS);
  refuseOpenAddress(config);
  const accounts = await readAccountsFile(config.accountsFile);
  const tls = await readTls(config);
  return startService(config, { ...options, wrap: relayAround(config, accounts, tls, clock) });
}

/** What has no TLS is for this machine alone: an address that others reach needs a proxy in front that has it. */
function refuseOpenAddress({ host, behindTlsProxy, tlsCertificateFile }: ServiceConfig): void {
  if (behindTlsProxy || tlsCertificateFile !== undefined || isLoopbackHost(host)) return;
  throw new RelayError('ADDRESS_OPEN', OPEN);
}

/** @throws RelayError if one of the two files is missing, or cannot be read */
async function readTls({ tlsCertificateFile, tlsKeyFile }: ServiceConfig): Promise<Wrapping['tls']> {
  if (tlsCertificateFile === undefined && tlsKeyFile === undefined) return undefined;
  if (tlsCertificateFile === undefined || tlsKeyFile === undefined)
    throw new RelayError('TLS_UNUSABLE', ONE_FILE);
  const [cert, key] = await Promise.all(
    [tlsCertificateFile, tlsKeyFile].map((file) =>
      readFile(file, 'utf8').catch((cause: unknown) => {
        throw new RelayError('TLS_UNUSABLE', filled(UNREADABLE, { file, reason: fileErrorText(cause) }), {
          cause,
        });
      }),
    ),
  );
  return cert === undefined || key === undefined ? undefined : { cert, key };
}

function relayAround(
  config: ServiceConfig,
  configuration: AccountsConfiguration,
  tls: Wrapping['tls'],
  clock: () => number,
): Wrap {
  return async ({ engines, log, metrics }) => {
    const closing: (() => Promise<void> | void)[] = [];
    async function close(): Promise<void> {
      for (const step of closing.splice(0).reverse()) await step();
    }
    try {
      return await compose();
    } catch (error) {
      await close();
      throw error;
    }

    async function compose(): Promise<Wrapping> {
      const { database, images } = engines;
      await upgradeRelay(database);
      const alarms = createAlarms(log, clock);
      const outbox = await openOutbox(database, clock);
      closing.push(() => outbox.close());
      let counts: RelayCounts | undefined;
      const audit = openAudit(database, {
        appended(entry) {
          counts?.audited(entry);
          watched.audited(entry);
        },
        lost: (entries) => alarms.raise('AUDIT_LOST', '', { detail: entries }),
      });
      closing.push(() => audit.close());
      closing.push(
        keepFor(config.auditRetentionDays, {
          audit,
          clock,
          failed: (err) => log.warn({ err }, 'old entries of the audit could not be removed'),
        }),
      );
      const paces = openPaces(configuration, database, clock);
      await warnOfExposure('settings', config.accountsFile ?? '', log);
      const accounts = await openAccounts(
        configuration,
        {
          limiter: (account, pace) => paces.share(account, pace).limiter,
          hooks: (account, pace) => ({
            onAttemptEnd({ host, status, error, milliseconds }) {
              if (status === 429) paces.share(account, pace).slowed();
              counts?.called(host, String(status ?? error ?? 'ABORTED'), milliseconds / 1000);
            },
          }),
        },
        log,
      );
      closing.push(() => accounts.close());
      closing.push(await watchProfiles(accounts.all, log));
      const held = holdImages();
      const publisher: OutboxPublisher = createPublisher(outbox, (name) => lanes.find(name), held, clock);
      const lanes = openLanes({
        accounts,
        paces,
        outbox,
        images,
        held,
        audit,
        alarms,
        told: publisher,
        log,
        clock,
      });
      closing.push(() => lanes.close());
      const watched = watchUploads(lanes.states, clock);
      closing.push(watchBacklog({ outbox, alarms, log, clock }));
      closing.push(await watchEndings({ database, accounts, alarms, log, clock }));
      if (metrics)
        counts = measureRelay(metrics, { alarms, backlog: outbox.backlog, accounts: lanes.states, clock });
      const parts: RelayParts = { engines, accounts, publisher, outbox, audit, alarms, log, clock };
      const deadline = config.callerDeadlineSeconds * 1000;
      const door = await openPlainDoor(parts, config, watched.recent);
      closing.push(() => door.close());
      let ending: NodeJS.Timeout | undefined;
      return {
        addition: addWishes({ accounts, publisher }),
        publish: publishUpstream({ accounts, publisher, audit, deadline, clock }),
        // The URLs are upstream's, callers wait for their turn in place of being refused, and readiness does not depend on upstream.
        settings: { serveImages: false, quotaPerSecond: 0 },
        routes: [...door.routes, ...consoleRoutes()],
        tls,
        beside: () => ({
          upstream: Object.fromEntries(
            lanes.states().map(({ account, breaker }) => [account, BREAKERS[breaker]]),
          ),
        }),
        retire() {
          void door.close();
          const seconds = config.drainDelaySeconds + WAITING_AT_END;
          ending = setTimeout(publisher.close, seconds * 1000).unref();
        },
        async close() {
          clearTimeout(ending);
          publisher.close();
          await close();
        },
      };
    }
  };
}

/** Seconds that callers may go on waiting when the relay stops: fewer than a service gives its requests to end. */
const WAITING_AT_END = 8;

const NO_ACCOUNTS: Text = {
  en: 'no file of accounts is named: give it with --accounts or COUPON_MEDIA_ACCOUNTS_FILE; docs/relay.md shows one',
  'zh-CN': '未指定账号文件：请用 --accounts 或 COUPON_MEDIA_ACCOUNTS_FILE 指定，格式见 docs/relay.zh-CN.md',
};
const OPEN: Text = {
  en: 'tokens and images would arrive in clear from other machines: listen on 127.0.0.1, give a certificate with --tls-cert and --tls-key, or let a proxy in front end TLS and say so with --behind-tls-proxy',
  'zh-CN':
    '令牌和图片会以明文从其他机器到达：请只监听 127.0.0.1；或用 --tls-cert 和 --tls-key 指定证书；或由前置代理终止 TLS，并加上 --behind-tls-proxy',
};
const ONE_FILE: Text = {
  en: '--tls-cert and --tls-key go together: the certificate with its chain, and its private key',
  'zh-CN': '--tls-cert 和 --tls-key 须同时指定：证书（含证书链）及其私钥',
};
const UNREADABLE: Text = { en: '{file} cannot be read: {reason}', 'zh-CN': '无法读取 {file}：{reason}' };
