import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { beforeAll, describe, expect, test } from 'vitest';
import rules from '../../.dependency-cruiser.mjs';

/** Packages of this repository that the cases import, with the entry points that they have. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  apiv3: ['index'],
  client: ['index'],
  server: ['index', 'engine', 'settings/index'],
  cluster: ['index'],
  sandbox: ['index'],
};
const LIBRARIES = [
  'zod',
  'undici',
  'kysely',
  'libsql',
  'pg',
  'ioredis',
  '@aws-sdk/client-s3',
  'sharp',
  'vitest',
];

const server = (file: string) => `packages/server/src/${file}.ts`;

/** A file, what it imports, and the rule that forbids it; no rule where it is allowed. */
const CASES: readonly (readonly [file: string, source: string, rule?: string])[] = [
  ['packages/apiv3/src/keys.ts', "import 'node:crypto';"],
  ['packages/apiv3/src/one.ts', "import 'node:crypto';", 'apiv3'],
  ['packages/apiv3/src/two.ts', "import type { KeyObject } from 'crypto';", 'apiv3'],
  ['packages/apiv3/src/cipher.ts', "import 'node:fs';", 'apiv3/crypto'],
  ['packages/apiv3/src/three.ts', "import 'zod';", 'apiv3'],
  ['packages/apiv3/src/four.ts', "import '@coupon-media/client';", 'apiv3'],
  ['packages/client/src/one.ts', "export { sign } from '@coupon-media/apiv3';"],
  ['packages/client/src/two.ts', "import '@coupon-media/server';", 'client'],
  ['packages/client/src/three.ts', "import '@coupon-media/client';", 'client'],
  ['packages/client/src/four.ts', "import '../../apiv3/src/one.js';", 'client'],
  ['packages/client/src/five.ts', "import '../../apiv3/dist/index.js';", 'public names'],
  ['packages/client/src/six.ts', "import '@coupon-media/apiv3/dist/keys.js';", 'to be found'],
  ['packages/client/src/seven.ts', "import 'undici';"],
  ['packages/prepare/src/one.ts', "import 'sharp';", 'prepare'],
  ['packages/prepare/src/decoder/one.ts', "import 'undici';", 'prepare/decoder'],
  ['packages/sandbox/src/one.ts', "import '@coupon-media/server/settings';"],
  ['packages/cli/src/one.ts', "await import('@coupon-media/server');", 'cli'],
  ['packages/service-cli/src/one.ts', "await import('@coupon-media/server');"],
  ['packages/service-cli/src/two.ts', "import type { S } from '@coupon-media/server';"],
  ['packages/service-cli/src/three.ts', "import '@coupon-media/server';", 'service-cli: when it runs'],
  [server('upload/receive'), "import './form.js';"],
  [server('upload/form'), "import '@coupon-media/apiv3';"],
  [server('upload/admit'), "import type { A } from './receive.js';"],
  [server('upload/validate'), "import { a } from './admit.js';", 'server/upload/validate: types only'],
  [server('upload/store'), "import '../stores/embedded/one.js';", 'server/upload/store'],
  [server('upload/publish'), "import './pipeline.js';", 'server/upload/publish'],
  [server('upload/pipeline'), "import './admit.js'; import '../stores/index.js';"],
  [server('upload/enter'), "import type { A } from './validate.js';", 'server/upload/enter'],
  [server('signed/outcome'), "import '../upload/pipeline.js';", 'server/signed/request'],
  [server('http/server'), "import '../limits/embedded.js';", 'server/http'],
  [server('stores/embedded/one'), "import 'kysely'; import 'libsql'; import '../index.js';"],
  [server('stores/embedded/two'), "import '../../limits/index.js';", 'server/stores/embedded: types only'],
  [server('stores/embedded/three'), "import 'zod';", 'server/stores/embedded'],
  [server('stores/index'), "import '@coupon-media/apiv3';"],
  [server('limits/index'), "import '@coupon-media/apiv3';"],
  [server('limits/embedded'), "import '../stores/index.js';", 'server/limits'],
  [server('merchants/one'), "import '../stores/embedded/one.js';", 'server/merchants'],
  [server('start'), "import './stores/embedded/one.js'; import './http/server.js';"],
  [server('service'), "import '@coupon-media/cluster';", 'server/service'],
  [server('settings/config'), "import { env } from 'node:process';", 'environment'],
  [server('helpers/one'), "import '@coupon-media/apiv3';", 'a room for each file'],
  [server('helpers/two'), '', 'a room for each file'],
  ['packages/cluster/src/s3/one.ts', "import '@coupon-media/server/engine'; import '@aws-sdk/client-s3';"],
  ['packages/cluster/src/s3/two.ts', "import 'ioredis';", 'cluster/s3'],
  ['packages/cluster/src/store.ts', "import '@coupon-media/server';", 'cluster/whole'],
  ['packages/client/test/one.test.ts', "import '../dist/index.js'; import 'vitest';"],
  ['packages/client/test/two.test.ts', "import '../src/one.js';", 'tests/client'],
  ['packages/server/test/contracts/one.ts', "import 'vitest';"],
  ['packages/cluster/test/one.test.ts', "import '../../server/test/contracts/one.js';"],
  ['packages/server/test/one.test.ts', "import '../../../tools/engines/one.mjs';"],
  ['packages/server/test/two.test.ts', "import '../../../tools/lock.mjs';", 'tests/server'],
  ['e2e/one.test.ts', "import '@coupon-media/server'; import '@coupon-media/client';"],
  ['e2e/two.test.ts', "import '../packages/client/dist/index.js';", 'public names'],
  ['tools/engines/one.mjs', "import '../lock.mjs';"],
  ['tools/lock.mjs', "import 'node:fs';"],
  ['tools/one.mjs', "import 'vitest';", 'tools/setup'],
  ['packages/openapi/src/one.ts', "import type { Two } from './two.js';", 'no circle of files'],
  ['packages/openapi/src/two.ts', "import type { One } from './one.js';", 'no circle of files'],
  ['packages/sandbox/src/a/one.ts', "import '../b/one.js';", 'no circle of folders'],
  ['packages/sandbox/src/b/one.ts', "import 'node:fs';", 'no circle of folders'],
  ['packages/sandbox/src/b/two.ts', "import type { A } from '../a/two.js';", 'no circle of folders'],
  ['packages/sandbox/src/a/two.ts', "import 'node:fs';", 'no circle of folders'],
];

describe('who may import whom', () => {
  let found: ICruiseResult['summary']['violations'];

  beforeAll(async () => {
    const root = mkdtempSync(path.join(tmpdir(), 'import-rules-'));
    try {
      for (const [file, text] of filesOf(CASES)) {
        mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
        writeFileSync(path.join(root, file), text);
      }
      mkdirSync(path.join(root, 'node_modules/@coupon-media'), { recursive: true });
      for (const name of Object.keys(PACKAGES))
        symlinkSync(path.join(root, 'packages', name), path.join(root, 'node_modules/@coupon-media', name));
      const { options, ...ruleSet } = rules;
      const result = await cruise(['packages', 'e2e', 'tools'], {
        ...options,
        baseDir: root,
        validate: true,
        ruleSet,
      });
      found = typeof result.output === 'string' ? [] : result.output.summary.violations;
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  for (const [file, source, rule] of CASES) {
    test(`${file}: ${source}`, () => {
      const names = found
        .filter(
          ({ from, cycle = [] }) =>
            from === file || (rule && cycle.some(({ name }) => file.startsWith(name))),
        )
        .map((violation) => violation.rule.name);
      if (rule) expect(names).toContain(rule);
      else expect(names).toEqual([]);
    });
  }
});

test('every rule says its reason, and what to do', () => {
  for (const { name, comment } of rules.forbidden ?? []) expect(comment, name).toMatch(/^[A-Z].+\..+\.$/s);
});

/** The files of the cases, beside the packages and libraries that they import. */
function filesOf(cases: typeof CASES): [file: string, text: string][] {
  const imported = Object.fromEntries(
    [...Object.keys(PACKAGES).map((name) => `@coupon-media/${name}`), ...LIBRARIES].map((name) => [
      name,
      '*',
    ]),
  );
  const packages = ['openapi', 'prepare', 'cli', 'service-cli', ...Object.keys(PACKAGES)];
  return [
    ...cases.map(([file, text]): [string, string] => [file, text]),
    ...packages.map((name): [string, string] => [
      `packages/${name}/package.json`,
      JSON.stringify({ name: `@coupon-media/${name}`, exports: exportsOf(name), dependencies: imported }),
    ]),
    ...Object.entries(PACKAGES).flatMap(([name, doors]) =>
      doors.map((door): [string, string] => [`packages/${name}/dist/${door}.js`, '']),
    ),
    ...LIBRARIES.flatMap((name): [string, string][] => [
      [`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' })],
      [`node_modules/${name}/index.js`, ''],
    ]),
  ];
}

function exportsOf(name: string) {
  const doors = (PACKAGES[name] ?? []).map((door) => [
    door === 'index' ? '.' : `./${door.replace('/index', '')}`,
    `./dist/${door}.js`,
  ]);
  return Object.fromEntries(doors);
}
