import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { checkImports } from '../check-imports.mjs';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** What the checker finds in a tree of these files; every package declares the dependencies that its sources name. */
function findings(files: Record<string, string>): string[] {
  const root = mkdtempSync(path.join(tmpdir(), 'check-imports-'));
  folders.push(root);
  for (const [file, text] of Object.entries({ ...manifests(files), ...files })) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  return checkImports(root);
}

function manifests(files: Record<string, string>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [file, text] of Object.entries(files)) {
    const manifest = `${file.split('/').slice(0, 2).join('/')}/package.json`;
    if (!file.startsWith('packages/')) continue;
    const names = [...text.matchAll(/'((?:@[\w-]+\/)?[\w-]+)[^']*'/g)].map(
      ([, name]) => [name, '1.0.0'] as const,
    );
    const { dependencies } = JSON.parse(found[manifest] ?? '{"dependencies":{}}');
    found[manifest] = JSON.stringify({ dependencies: { ...dependencies, ...Object.fromEntries(names) } });
  }
  return found;
}

const server = (file: string) => `packages/server/src/${file}.ts`;

describe('allowed', () => {
  test.each<[string, Record<string, string>]>([
    ['crypto in signature and keys', { 'packages/apiv3/src/keys.ts': "import { sign } from 'node:crypto';" }],
    [
      'a door of the server beside its first',
      { 'packages/sandbox/src/a.ts': "import { settingRows } from '@coupon-media/server/settings';" },
    ],
    ['apiv3 from client', { 'packages/client/src/a.ts': "export { sign } from '@coupon-media/apiv3';" }],
    ['the environment in config', { [server('settings/config')]: 'export const port = process.env.PORT;' }],
    ['the environment in options of the client', { 'packages/client/src/options.ts': 'process.env.MCHID' }],
    [
      'the types of an earlier stage',
      {
        [server('upload/admit')]: "import type { A } from './receive.js';",
        [server('upload/receive')]: '',
      },
    ],
    [
      'multipart and form from receive',
      {
        [server('upload/receive')]:
          "import { form } from './form.js'; import { read } from './multipart.js';",
        [server('upload/form')]: "import { read } from './multipart.js';",
        [server('upload/multipart')]: '',
      },
    ],
    ['all stages from the pipeline', { [server('upload/pipeline')]: "import { admit } from './admit.js';" }],
    ['an interface from upload', { [server('upload/store')]: "import { a } from '../stores/index.js';" }],
    [
      'kysely and libsql in the embedded store',
      { [server('stores/embedded/a')]: "import 'kysely'; import 'libsql'; import '../index.js';" },
    ],
    [
      'everything of the server in service',
      { [server('service')]: "import './stores/embedded/a.js'; import './http/server.js';" },
    ],
    [
      'the server lazily from service-cli, and the shell',
      {
        'packages/service-cli/src/a.ts':
          "import type { S } from '@coupon-media/server'; await import('@coupon-media/sandbox'); import 'coupon-media/shell';",
      },
    ],
    [
      'x509 in sandbox',
      { 'packages/sandbox/src/a.ts': "import '@peculiar/x509'; import 'reflect-metadata';" },
    ],
    [
      'what was built, from a test',
      { 'packages/client/test/a.test.ts': "import { a } from '../dist/a.js';" },
    ],
    [
      'engines for tests, from a test',
      {
        'packages/server/test/a.test.ts': "import '../../../tools/engines/a.mjs';",
        'tools/engines/a.mjs': "import '../lock.mjs';",
        'tools/lock.mjs': '',
      },
    ],
    [
      'what engines are made of, from the cluster',
      {
        'packages/cluster/src/s3/a.ts':
          "import { StoreError } from '@coupon-media/server/engine'; import '@aws-sdk/client-s3';",
      },
    ],
    [
      'what stores are held to, from the tests of another one',
      {
        'packages/cluster/test/a.test.ts': "import '../../server/test/contracts/a.js';",
        'packages/server/test/contracts/a.ts': "import { it } from 'vitest';",
      },
    ],
    ['any package from e2e', { 'e2e/a.test.ts': "import '@coupon-media/server'; import 'coupon-media';" }],
    [
      'a cycle of types',
      {
        'packages/apiv3/src/a.ts': "import { b } from './b.js';",
        'packages/apiv3/src/b.ts': "import type { A } from './a.js';",
      },
    ],
  ])('%s', (_what, files) => {
    expect(findings(files)).toEqual([]);
  });
});

describe('refused', () => {
  test.each<[string, Record<string, string>, string]>([
    ['a library in apiv3', { 'packages/apiv3/src/a.ts': "import 'zod';" }, 'apiv3 must not import zod'],
    [
      'crypto elsewhere in apiv3',
      { 'packages/apiv3/src/a.ts': "import 'node:crypto';" },
      'must not import node:crypto',
    ],
    [
      'even its types',
      { 'packages/apiv3/src/a.ts': "import type { KeyObject } from 'crypto';" },
      'must not import node:crypto',
    ],
    [
      'files in apiv3',
      { 'packages/apiv3/src/keys.ts': "import 'node:fs';" },
      'apiv3/crypto must not import node:fs',
    ],
    [
      'the clock in apiv3',
      { 'packages/apiv3/src/a.ts': 'const now = Date.now();' },
      'apiv3 must not use Date.now',
    ],
    [
      'client from apiv3',
      { 'packages/apiv3/src/a.ts': "import '@coupon-media/client';" },
      'must not import @coupon-media/client',
    ],
    [
      'server from client',
      { 'packages/client/src/a.ts': "import '@coupon-media/server';" },
      'must not import @coupon-media/server',
    ],
    [
      'its own name',
      { 'packages/client/src/a.ts': "import '@coupon-media/client';" },
      'must not import @coupon-media/client',
    ],
    [
      'another package by its path',
      { 'packages/client/src/a.ts': "import '../../apiv3/src/keys.js';" },
      'must not reach out of its package to packages/apiv3/src/keys.js',
    ],
    [
      'the inside of another package',
      { 'packages/client/src/a.ts': "import '@coupon-media/apiv3/dist/keys.js';" },
      'must use a package by its public name alone',
    ],
    [
      'server from cli, even lazily',
      { 'packages/cli/src/a.ts': "await import('@coupon-media/server');" },
      'must not import @coupon-media/server',
    ],
    [
      'server from service-cli at load',
      { 'packages/service-cli/src/a.ts': "import { serve } from '@coupon-media/server';" },
      'must import @coupon-media/server with import() or for its types',
    ],
    [
      'a value of an earlier stage',
      { [server('upload/admit')]: "import { a } from './receive.js';" },
      "server/upload/admit must use 'import type' for ./receive.js",
    ],
    [
      'types among values of an earlier stage',
      { [server('upload/admit')]: "import { type A } from './receive.js';" },
      "must use 'import type'",
    ],
    [
      'the types of a later stage',
      { [server('upload/admit')]: "import type { A } from './validate.js';" },
      'must not import server/upload/validate',
    ],
    [
      'multipart elsewhere',
      { [server('upload/validate')]: "import './multipart.js';" },
      'must not import server/upload/multipart',
    ],
    [
      'the pipeline from a stage',
      { [server('upload/store')]: "import './pipeline.js';" },
      'must not import server/upload/pipeline',
    ],
    [
      'uploads from what any signed request goes through',
      { [server('signed/outcome')]: "import '../upload/pipeline.js';" },
      'must not import server/upload/pipeline',
    ],
    [
      'an engine from upload',
      { [server('upload/store')]: "import '../stores/embedded/a.js';" },
      'must not import server/stores/embedded',
    ],
    [
      'an engine from http',
      { [server('http/server')]: "import '../limits/embedded.js';" },
      'must not import server/limits/embedded',
    ],
    [
      'limits from stores, but for their types',
      { [server('stores/embedded/a')]: "import '../../limits/index.js';" },
      "must use 'import type' for ../../limits/index.js",
    ],
    [
      'merchants from limits',
      { [server('limits/embedded')]: "import '../merchants/index.js';" },
      'must not import server/interface/merchants',
    ],
    [
      'stores from merchants',
      { [server('merchants/a')]: "import '../stores/embedded/b.js';" },
      'must not import server/stores/embedded',
    ],
    [
      'another library in the embedded store',
      { [server('stores/embedded/a')]: "import 'zod';" },
      'must not import zod',
    ],
    ['PostgreSQL in the server', { [server('service')]: "import 'pg';" }, 'which only cluster may'],
    [
      'two libraries in one engine',
      { [server('limits/embedded')]: "import 'undici'; import 'zod';" },
      'server/limits/embedded: imports 2 outside libraries (undici, zod), at most 1',
    ],
    [
      'the cluster from the server',
      { [server('service')]: "await import('@coupon-media/cluster');" },
      'must not import @coupon-media/cluster',
    ],
    [
      'more of the server than what engines are made of, from the cluster',
      { 'packages/cluster/src/store.ts': "import { startService } from '@coupon-media/server';" },
      'cluster must not import @coupon-media/server',
    ],
    [
      'Redis from the room of S3',
      { 'packages/cluster/src/s3/a.ts': "import 'ioredis';" },
      'cluster/s3 must not import ioredis',
    ],
    [
      'the environment in the server',
      { [server('http/server')]: 'const { A } = process.env;' },
      'must not use process.env',
    ],
    [
      'the environment by import',
      { [server('service')]: "import { env } from 'node:process';" },
      'must not import node:process',
    ],
    [
      'the environment in the client',
      { 'packages/client/src/a.ts': 'process.env.A' },
      'client must not use process.env',
    ],
    [
      'x509 outside of sandbox',
      { [server('service')]: "import '@peculiar/x509';" },
      'which only sandbox may',
    ],
    ['sharp outside of prepare', { [server('service')]: "import 'sharp';" }, 'which only prepare may'],
    [
      'sources from a test',
      { 'packages/client/test/a.test.ts': "import '../src/a.js';" },
      'client/test must not import client (../src/a.js)',
    ],
    [
      'a path into a package from e2e',
      { 'e2e/a.test.ts': "import '../packages/client/dist/a.js';" },
      'must not reach out of its package',
    ],
    [
      'other tools, from a test',
      { 'packages/server/test/a.test.ts': "import '../../../tools/lock.mjs';" },
      'must not reach out of its package',
    ],
    ['a library in tools', { 'tools/a.mjs': "import 'vitest';" }, 'tools must not import vitest'],
    [
      'a computed import',
      { 'packages/cli/src/a.ts': 'await import(name)' },
      'must not compute what it imports',
    ],
    ['a file without a room', { [server('helpers/a')]: '' }, 'belongs to no room'],
    [
      'an undeclared dependency',
      { 'packages/client/src/a.ts': "import 'undici';", 'packages/client/package.json': '{}' },
      'undici is no dependency in packages/client/package.json',
    ],
    [
      'a cycle',
      {
        'packages/apiv3/src/a.ts': "import { b } from './b.js';",
        'packages/apiv3/src/b.ts': "export * from './c.js';",
        'packages/apiv3/src/c.ts': "import './a.js';",
      },
      'import cycle: packages/apiv3/src/a.ts → packages/apiv3/src/b.ts → packages/apiv3/src/c.ts → packages/apiv3/src/a.ts',
    ],
  ])('%s', (_what, files, expected) => {
    expect(findings(files)).toEqual([expect.stringContaining(expected)]);
  });
});
