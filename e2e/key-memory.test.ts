import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { settingRows } from '@coupon-media/server/settings';
import { expect, onTestFinished, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { CLI, run } from './support/run.js';
import { sandboxOfTest } from './support/sandbox.js';

const DEPLOY = path.resolve('deploy');

const UNITS = ['coupon-media.service', 'coupon-media-backup.service', 'coupon-media-relay.service'];
test.each(UNITS)('%s allows no core dump', async (unit) => {
  expect((await read('systemd', unit)).split('\n')).toContain('LimitCORE=0');
});

test.each(['compose.yaml', 'one-node.yaml', 'relay.yaml'])(
  'compose: each container of ours in %s allows no core dump',
  async (name) => {
    const [file] = await documents<{ services: Record<string, Container> }>('compose', name);
    const containers = Object.values(file?.services ?? {}).filter(({ image }) =>
      image?.startsWith('coupon-media'),
    );
    expect(containers.length).toBeGreaterThan(0);
    // What runs another command than the image's keeps no key.
    for (const { ulimits, entrypoint } of containers) if (!entrypoint) expect(ulimits).toEqual({ core: 0 });
  },
);

test('the image allows no core dump to what it runs, whatever the limits that it is started with', async () => {
  const [, entry = ''] = /^ENTRYPOINT (.*)$/m.exec(await readFile('Dockerfile', 'utf8')) ?? [];
  const folder = await mkdtemp(path.join(tmpdir(), 'coupon-media-core-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const command = path.join(folder, 'coupon-media');
  await writeFile(command, '#!/bin/sh\necho "$$ $(ulimit -c) $(ulimit -H -c) $*"\n');
  await chmod(command, 0o755);
  const [program, ...args] = JSON.parse(entry) as [string, ...string[]];
  const env = { PATH: `${folder}:${process.env.PATH}` };
  const output = execFileSync(program, [...args, 'serve', 'two words'], { env, encoding: 'utf8' });
  expect(output).toMatch(/^\d+ 0 0 serve two words\n$/);
});

test('Kubernetes has no field for it: its containers run what the image runs', async () => {
  const folder = path.join(DEPLOY, 'kubernetes');
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.yaml'));
  const all = await Promise.all(names.map((name) => documents<Workload>('kubernetes', name)));
  const containers = all.flat().flatMap((each) => each?.spec?.template?.spec?.containers ?? []);
  const ours = containers.filter(({ image }) => image?.startsWith('coupon-media'));
  expect(ours.length).toBeGreaterThanOrEqual(2);
  expect(ours.filter(({ command }) => command)).toEqual([]);
});

test('no setting of the service is a private key, so that none is read from the environment', () => {
  const names = settingRows.map(([name, { variable }]) => `${name} ${variable}`);
  expect(names.filter((name) => /private.?key|signing.?key|_PIN\b|pem/i.test(name))).toEqual([]);
});

test('the relay reads no key from the environment, which other processes and reports show', async () => {
  const upstream = await sandboxOfTest();
  const folder = await mkdtemp(path.join(tmpdir(), 'coupon-media-relay-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const { privateKeyPath: _, ...rest } = JSON.parse(await readFile(upstream.credentialsPath, 'utf8'));
  const key = await readFile(upstream.credentials.privateKeyPath, 'utf8');
  for (const [name, value] of Object.entries(rest))
    if (name.endsWith('Path'))
      rest[name] = path.resolve(path.dirname(upstream.credentialsPath), String(value));
  await writeFile(path.join(folder, 'shop.json'), JSON.stringify(rest), { mode: 0o600 });
  const accounts = { shop: { profile: 'shop.json' } };
  await writeFile(path.join(folder, 'accounts.json'), JSON.stringify({ accounts }), { mode: 0o600 });
  const named = ['--data', path.join(folder, 'data'), '--accounts', path.join(folder, 'accounts.json')];
  const env = { ...process.env, COUPON_MEDIA_PRIVATE_KEY: key };
  const ended = await run(process.execPath, [CLI, 'relay', '--port', '0', '--lang', 'en', ...named], '', {
    env,
  });
  expect(ended.code).not.toBe(0);
  expect(ended.stderr).toMatch(/account shop cannot be used: .*privateKey/);
});

interface Container {
  image?: string;
  ulimits?: object;
  entrypoint?: unknown;
  command?: unknown;
}

interface Workload {
  spec?: { template?: { spec?: { containers?: Container[] } } };
}

function read(...names: string[]): Promise<string> {
  return readFile(path.join(DEPLOY, ...names), 'utf8');
}

async function documents<T>(...names: string[]): Promise<T[]> {
  return parseAllDocuments(await read(...names), { merge: true }).map((document) => document.toJS() as T);
}
