import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireEngines, startPostgres, useEngines } from '../../../../tools/engines/index.mjs';
import { openPostgres } from '../../dist/postgres/database.js';
import { makeCertificates } from '../redis/certificates.js';

const { needed } = await requireEngines('postgres');

/** The certificate has the name of the first one. */
const [NAMED, UNNAMED] = ['127.0.0.1', '127.0.0.2'];

/** What each mode makes of: its certificate and name known; its name not; its authority not; a server without TLS. */
const MODES: Readonly<
  Record<string, readonly [known: string, name: string, authority: string, none: string]>
> = {
  // A file of authorities asks for TLS by itself.
  '': ['TLS', 'the name', 'plain text', 'plain text'],
  'sslmode=disable': ['plain text', 'plain text', 'plain text', 'plain text'],
  'sslmode=allow': ['TLS', 'the name', 'the authority', 'no TLS'],
  'sslmode=prefer': ['TLS', 'the name', 'the authority', 'no TLS'],
  'sslmode=require': ['TLS', 'the name', 'the authority', 'no TLS'],
  'sslmode=verify-ca': ['TLS', 'TLS', 'the authority', 'no TLS'],
  'sslmode=verify-full': ['TLS', 'the name', 'the authority', 'no TLS'],
  'sslmode=no-verify': ['TLS', 'TLS', 'TLS', 'no TLS'],
  'uselibpqcompat=true&sslmode=require': ['TLS', 'TLS', 'TLS', 'no TLS'],
  'uselibpqcompat=true&sslmode=verify-full': ['TLS', 'the name', 'the authority', 'no TLS'],
};

/** The table of docs/OPERATIONS.md. */
describe('what each sslmode does', needed, () => {
  let folder: string;
  let secure: Awaited<ReturnType<typeof startPostgres>>;
  let plainUrl: string;
  let root: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'coupon-media-tls-'));
    const { ca, certificate, key } = await makeCertificates(folder);
    root = `sslrootcert=${encodeURIComponent(ca)}`;
    secure = await startPostgres({
      fsync: false,
      files: {
        'server.crt': await readFile(certificate, 'utf8'),
        'server.key': await readFile(key, 'utf8'),
        'pg_hba.conf': 'local all all trust\nhost all all 127.0.0.0/8 trust\n',
      },
      settings: {
        ...{ ssl: 'on', ssl_cert_file: 'server.crt', ssl_key_file: 'server.key' },
        listen_addresses: `${NAMED},${UNNAMED}`,
      },
    });
    await secure.createDatabase('coupons');
    plainUrl = (await useEngines('postgres')).postgres.url;
  }, 60_000);
  afterAll(async () => {
    await secure?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(Object.entries(MODES))('"%s"', async (mode, wanted) => {
    const at = (host: string, ...more: string[]) =>
      outcome(`postgres://postgres@${host}:${secure.port}/coupons?${[mode, ...more].join('&')}`);
    expect([
      await at(NAMED, root),
      await at(UNNAMED, root),
      await at(NAMED),
      await outcome(`${plainUrl}?${mode}`),
    ]).toEqual(wanted);
  });

  test('verify-ca without a file is verify-full', async () => {
    expect(await outcome(`postgres://postgres@${UNNAMED}:${secure.port}/coupons?sslmode=verify-ca`)).toBe(
      'the authority',
    );
  });
});

/** @returns how a connection was made, or what it failed for */
async function outcome(databaseUrl: string): Promise<string> {
  const options = { databaseUrl, databaseMaxConnections: 1, engineDeadlineMs: 5_000 };
  try {
    const postgres = await openPostgres(options);
    const { rows } = await postgres.run<{ ssl: boolean }>(
      'select ssl from pg_stat_ssl where pid = pg_backend_pid()',
    );
    await postgres.close();
    return rows[0]?.ssl ? 'TLS' : 'plain text';
  } catch (error) {
    const { message } = error as Error;
    return FAULTS.find(([words]) => words.test(message))?.[1] ?? message;
  }
}

const FAULTS: readonly (readonly [RegExp, string])[] = [
  [/does not match certificate's altnames/, 'the name'],
  [/self-signed certificate|unable to verify|unable to get/, 'the authority'],
  [/does not support SSL/, 'no TLS'],
];
