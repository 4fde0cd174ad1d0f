/**
 * Who may import whom. `npx depcruise` reads this file; `npm run check` fails on what it forbids, and shows each rule's comment.
 *
 * A room is a set of files under one rule, and each file belongs to exactly one room: a new kind of file begins with a new row here.
 */

/**
 * @typedef {object} Room
 * @property {string} name
 * @property {string} files a regular expression for the paths of its files, from the root of the repository
 * @property {string} because why the room has a rule of its own
 * @property {readonly string[]} [may] what it may import besides itself: rooms (with all rooms under that name), packages of this
 *   repository (with all their entry points), libraries, and modules of Node as `node:…`. `*` stands for every
 *   library, installed here or not
 * @property {readonly string[]} [typesOf] what it may import with `import type` only
 * @property {readonly string[]} [lazily] what it may import with `import()` only, or its types
 * @property {true} [onlyNamedNode] whether `may` lists all modules of Node that it may import; by default it may import any
 */

/** What each room of the console's page may import. */
const PAGE_ROOM = [
  'console/page/messages',
  'console/page/parts',
  'console/page/server',
  'preact',
  '@preact/signals',
];

/**
 * Which packages of this repository a package may import. The dependencies in its package.json say the same.
 * @satisfies {Readonly<Record<string, readonly string[]>>}
 */
const PACKAGES = {
  apiv3: [],
  client: ['@coupon-media/apiv3'],
  prepare: ['@coupon-media/apiv3'],
  pkcs11: ['@coupon-media/apiv3'],
  openapi: ['@coupon-media/apiv3'],
  server: ['@coupon-media/openapi', '@coupon-media/apiv3'],
  cluster: ['@coupon-media/server', '@coupon-media/apiv3'],
  console: [],
  sandbox: ['@coupon-media/server', '@coupon-media/console', '@coupon-media/client', '@coupon-media/apiv3'],
  door: ['@coupon-media/server', '@coupon-media/apiv3'],
  relay: [
    '@coupon-media/server',
    '@coupon-media/door',
    '@coupon-media/console',
    '@coupon-media/client',
    '@coupon-media/apiv3',
  ],
  cli: ['@coupon-media/client', '@coupon-media/prepare', '@coupon-media/apiv3'],
  'service-cli': [
    'coupon-media',
    '@coupon-media/server',
    '@coupon-media/cluster',
    '@coupon-media/sandbox',
    '@coupon-media/relay',
  ],
};

/**
 * The files that packages of this repository are imported by: the name of a package stands for all of its entry points.
 * @type {Readonly<Record<string, string>>}
 */
const DOORS = {
  ...Object.fromEntries(
    Object.keys(PACKAGES).map((folder) => [`@coupon-media/${folder}`, `^packages/${folder}/dist/`]),
  ),
  '@coupon-media/server/engine': '^packages/server/dist/engine\\.',
  '@coupon-media/sandbox/vitest': '^packages/sandbox/dist/vitest\\.',
  '@coupon-media/sandbox/jest': '^packages/sandbox/dist/jest\\.',
  '@coupon-media/server/settings': '^packages/server/dist/settings/index\\.',
  'coupon-media': '^packages/cli/dist/',
};

const OPEN_TELEMETRY = ['api', 'exporter-trace-otlp-http', 'resources', 'sdk-trace-node'].map(
  (part) => `@opentelemetry/${part}`,
);

/** The stages of an upload, in order, and the files that each consists of. */
const STAGES = Object.entries({
  enter: 'enter',
  receive: '(receive|form)',
  admit: 'admit',
  validate: 'validate',
  store: 'store',
  publish: 'publish',
});

/** @type {readonly Room[]} */
const PROTOCOL = [
  {
    name: 'apiv3/crypto',
    files: '^packages/apiv3/src/(signature|keys|cipher)\\.ts$',
    because: 'Cryptography has one door, so that whoever reviews it reads three files.',
    may: ['apiv3', 'node:crypto'],
    onlyNamedNode: true,
  },
  {
    name: 'apiv3',
    files: '^packages/apiv3/src/(?!(signature|keys|cipher)\\.)',
    because: 'The protocol is pure: bytes in, values out, on any runtime.',
    may: ['apiv3/crypto'],
    onlyNamedNode: true,
  },
  {
    name: 'openapi',
    files: '^packages/openapi/src/',
    because: 'The reference is made of the tables that requests are judged by, and of nothing else.',
    may: [...PACKAGES.openapi, 'node:crypto'],
    onlyNamedNode: true,
  },
];

/** @type {readonly Room[]} */
const SERVER = [
  {
    name: 'server/settings/config',
    files: '^packages/server/src/settings/(config|redacted)\\.ts$',
    because: 'The one reader of the environment, and what may be shown of what it read.',
    may: ['server/settings', ...PACKAGES.server],
  },
  {
    name: 'server/settings/table',
    files: '^packages/server/src/settings/(?!(config|redacted)\\.)',
    because: 'One table and what is made of it; the command line reads it without loading the service.',
    may: ['@coupon-media/apiv3', 'node:os'],
    onlyNamedNode: true,
  },
  {
    name: 'server/service',
    files: '^packages/server/src/(service|start|start-error|public-url|monitoring|heap|index|engine)\\.ts$',
    because: 'The composition root, and what the package exports: all other rooms meet here.',
    may: ['server', '@coupon-media/apiv3', '*'],
  },
  {
    name: 'server/engines',
    files: '^packages/server/src/engines/',
    because: 'Which engines a configuration names: the second half of the composition root.',
    may: ['server', '@coupon-media/apiv3', 'pino'],
  },
  {
    name: 'server/observe/listener',
    files: '^packages/server/src/observe/(listener|wrapper-metrics)\\.ts$',
    because: 'An observer is known by its type, so that no stage loads a library for metrics or traces.',
    may: ['@coupon-media/apiv3'],
    typesOf: ['server/signed/trace'],
  },
  {
    name: 'server/observe/metrics',
    files: '^packages/server/src/observe/metrics/',
    because: 'The only room with prom-client, loaded only where metrics are switched on.',
    may: ['server/signed/trace', 'server/observe/listener', '@coupon-media/apiv3', 'prom-client'],
    typesOf: ['server/engines'],
  },
  {
    name: 'server/observe/tracing',
    files: '^packages/server/src/observe/tracing/',
    because: 'The only room with OpenTelemetry, loaded only where traces are switched on.',
    may: ['server/signed/trace', '@coupon-media/apiv3', ...OPEN_TELEMETRY, 'pino'],
    typesOf: ['server/engines'],
  },
  {
    name: 'server/observe/log',
    files: '^packages/server/src/observe/(?!(listener|wrapper-metrics)\\.)[a-z-]+\\.ts$',
    because: 'Observers see one trace a request; they take no part in it.',
    may: ['server/observe', 'server/signed/trace', '@coupon-media/apiv3', 'pino'],
  },
  {
    name: 'server/http',
    files: '^packages/server/src/http/',
    because: 'HTTP knows no engine: it is given interfaces, and calls the pipelines.',
    may: ['server/signed', 'server/upload', 'server/interface', 'server/observe', ...PACKAGES.server, 'pino'],
  },
  ...['trace', 'body', 'nonce'].map((part) => ({
    name: `server/signed/${part}`,
    files: `^packages/server/src/signed/${part}\\.ts$`,
    because: 'Used by the stages of an upload too, so it calls none of them and no other part of signed/.',
    may: ['@coupon-media/apiv3'],
    typesOf: ['server/interface', 'server/signed'],
  })),
  {
    name: 'server/signed/request',
    files: '^packages/server/src/signed/(?!(trace|body|nonce)\\.)',
    because: 'What any signed request goes through knows nothing of uploads.',
    may: ['server/interface', 'server/signed', '@coupon-media/apiv3'],
  },
  ...STAGES.map(([stage, file], at) => ({
    name: `server/upload/${stage}`,
    files: `^packages/server/src/upload/${file}\\.ts$`,
    because:
      'A stage knows the types of the stages before it, and calls none of them: a type is the proof of its stage.',
    may: [
      'server/interface',
      'server/signed/body',
      'server/signed/nonce',
      '@coupon-media/apiv3',
      ...(stage === 'admit' ? ['server/upload/enter'] : []), // what a refusal for want of room says
    ],
    typesOf: ['server/signed', ...STAGES.slice(0, at).map(([earlier]) => `server/upload/${earlier}`)],
  })),
  {
    name: 'server/upload/pipeline',
    files: '^packages/server/src/upload/pipeline\\.ts$',
    because: 'The only file that knows the order of the stages.',
    may: ['server/upload', 'server/signed', 'server/interface', '@coupon-media/apiv3'],
  },
  {
    name: 'server/interface/merchants',
    files: '^packages/server/src/merchants/index\\.ts$',
    because: 'An interface depends on no engine.',
    may: ['@coupon-media/apiv3'],
  },
  {
    name: 'server/interface/stores',
    files: '^packages/server/src/stores/(index|database)\\.ts$',
    because: 'An interface depends on no engine. An upload is recorded with its nonce.',
    may: ['@coupon-media/apiv3'],
    typesOf: ['server/interface/limits'],
  },
  {
    name: 'server/interface/limits',
    files: '^packages/server/src/limits/(index|nonces)\\.ts$',
    because: 'An interface depends on no engine.',
    may: ['@coupon-media/apiv3'],
  },
  {
    name: 'server/stores/sql',
    files: '^packages/server/src/stores/sql/',
    because: 'What every engine with SQL asks, in one SQL for all; the drivers are elsewhere.',
    may: ['server/interface/stores', '@coupon-media/apiv3', 'kysely'],
  },
  {
    name: 'server/stores/spool',
    files: '^packages/server/src/stores/spool/',
    because: 'Images while they arrive, whatever keeps them afterwards.',
    may: ['server/interface/stores', '@coupon-media/apiv3'],
  },
  {
    name: 'server/stores/embedded',
    files: '^packages/server/src/stores/embedded(\\.ts$|/)',
    because: 'The only room with SQLite. It records nonces, and judges none.',
    may: [
      'server/interface/stores',
      'server/stores/sql',
      'server/stores/spool',
      '@coupon-media/apiv3',
      'kysely',
      'libsql',
    ],
    typesOf: ['server/interface/limits'],
  },
  {
    name: 'server/merchants',
    files: '^packages/server/src/merchants/(?!index\\.)',
    because: 'Who may call is judged by records, of which a store keeps the types.',
    may: ['server/interface/merchants', '@coupon-media/apiv3'],
    typesOf: ['server/interface/stores'],
  },
  {
    name: 'server/limits',
    files: '^packages/server/src/limits/(embedded|backlog|in-flight|queue|line)(\\.ts$|/)',
    because: 'Limits are kept in memory, by no library and no store.',
    may: ['server/interface/limits', '@coupon-media/apiv3'],
  },
];

/** Of the server, the engines of a cluster know what engines are made of. */
const IN_CLUSTER = [
  'cluster/calls',
  'cluster/interface',
  '@coupon-media/server/engine',
  '@coupon-media/apiv3',
];

/** @type {readonly Room[]} */
const CLUSTER = [
  {
    name: 'cluster/calls',
    files: '^packages/cluster/src/engine/calls\\.ts$',
    because: 'How a call to any engine is made depends on no engine.',
    may: ['@coupon-media/server/engine', '@coupon-media/apiv3'],
  },
  {
    name: 'cluster/interface',
    files: '^packages/cluster/src/engine/(options|reservation|run-register|remedy)\\.ts$',
    because: 'Where the engines are, a nonce as two of them know it, and how a remedy is said.',
    may: ['@coupon-media/server/engine', '@coupon-media/apiv3'],
  },
  ...Object.entries({
    postgres: ['pg', 'kysely'],
    s3: ['@aws-sdk/client-s3', 'undici'],
    redis: ['ioredis'],
  }).map(([engine, libraries]) => ({
    name: `cluster/${engine}`,
    files: `^packages/cluster/src/${engine}/`,
    because: 'Each engine has its driver, and knows nothing of the others.',
    may: [...IN_CLUSTER, ...libraries],
  })),
  {
    name: 'cluster/move',
    files: '^packages/cluster/src/move/',
    because: 'A move reads one folder by the public name of the server, as every other command does.',
    may: [...IN_CLUSTER, 'cluster/postgres', 'cluster/s3', 'cluster/redis', 'kysely', ...PACKAGES.cluster],
  },
  {
    name: 'cluster/whole',
    files: '^packages/cluster/src/[a-z-]+\\.ts$',
    because: 'What composes the three engines names no driver.',
    may: ['cluster', '@coupon-media/server/engine', '@coupon-media/apiv3', 'kysely'],
  },
];

/** @type {readonly Room[]} */
const PROGRAMS = [
  {
    name: 'client',
    files: '^packages/client/src/',
    because: 'Everybody installs the client: it needs undici and the protocol.',
    may: [...PACKAGES.client, 'undici'],
  },
  {
    name: 'pkcs11',
    files: '^packages/pkcs11/src/',
    because: 'Its driver is an optional peer, which is loaded by name and installed by nobody here.',
    may: PACKAGES.pkcs11,
  },
  {
    name: 'sandbox',
    files: '^packages/sandbox/src/',
    because: 'Wraps the server from outside; the only room with @peculiar/x509.',
    may: [...PACKAGES.sandbox, '@peculiar/x509', 'reflect-metadata', 'vitest', 'hono', '@hono/node-server'],
    lazily: ['@coupon-media/door'],
  },
  {
    name: 'console/files',
    files: '^packages/console/src/',
    because: 'Gives out the files of the page, by modules of Node alone: sandbox and relay load it.',
    may: [],
  },
  {
    name: 'console/page/server',
    files: '^packages/console/page/server/',
    because: 'The only room of the page that speaks HTTP: the page knows its server by nothing else.',
    may: ['console/page/messages', '@preact/signals'],
    typesOf: ['@coupon-media/apiv3', '@coupon-media/prepare'],
    onlyNamedNode: true,
  },
  {
    name: 'console/page/messages',
    files: '^packages/console/page/messages/',
    because: 'Every sentence of the page in both languages, and the language that is shown.',
    may: ['@coupon-media/apiv3', '@preact/signals'],
    typesOf: ['@coupon-media/prepare'],
    onlyNamedNode: true,
  },
  {
    name: 'console/page/upload',
    files: '^packages/console/page/upload/',
    because:
      'The rules by which images are judged are those of the service. It opens the dialogs that make one fit, and show a coupon.',
    may: [
      ...PAGE_ROOM,
      'console/page/fit',
      'console/page/preview',
      '@coupon-media/apiv3',
      '@coupon-media/prepare',
    ],
    onlyNamedNode: true,
  },
  {
    name: 'console/page/first-use',
    files: '^packages/console/page/first-use/',
    because:
      'A room of the page knows no other room. The programs that it shows are those of samples/, as files.',
    may: [...PAGE_ROOM, 'samples'],
    onlyNamedNode: true,
  },
  {
    name: 'console/page/parts',
    files: '^packages/console/page/parts/',
    because: 'What several rooms of the page are made of; it knows none of them.',
    may: ['console/page/messages', 'preact', '@preact/signals'],
    onlyNamedNode: true,
  },
  {
    name: 'console/page/inspector',
    files: '^packages/console/page/inspector/',
    because: 'A room of the page knows no other room: what the sandbox received, as it came.',
    may: [...PAGE_ROOM, '@coupon-media/apiv3'],
    onlyNamedNode: true,
  },
  {
    name: 'console/page/faults',
    files: '^packages/console/page/faults/',
    because: 'A room of the page knows no other room: what is to go wrong, as switches.',
    may: [...PAGE_ROOM, '@coupon-media/apiv3'],
    onlyNamedNode: true,
  },
  {
    name: 'console/page/status',
    files: '^packages/console/page/status/',
    because: 'A room of the page knows no other room: charts of what became of uploads.',
    may: [...PAGE_ROOM, '@coupon-media/apiv3'],
    onlyNamedNode: true,
  },
  {
    name: 'console/page/keyboard',
    files: '^packages/console/page/keyboard/',
    because: 'The shortcuts and their help act on whatever room is shown, and know none.',
    may: [...PAGE_ROOM, '@coupon-media/apiv3'],
    onlyNamedNode: true,
  },
  {
    name: 'console/page/gallery',
    files: '^packages/console/page/gallery/',
    because: 'A room of the page knows no other room. Its list of a hundred thousand is virtual.',
    may: [...PAGE_ROOM, '@tanstack/virtual-core'],
    onlyNamedNode: true,
  },
  {
    name: 'console/page/fit',
    files: '^packages/console/page/fit/',
    because: 'A dialog that gets a file and gives the choice back: it knows no list of files.',
    may: [
      'console/page/messages',
      'console/page/server',
      '@coupon-media/prepare',
      'preact',
      '@preact/signals',
    ],
    onlyNamedNode: true,
  },
  {
    name: 'console/page/preview',
    files: '^packages/console/page/preview/',
    because: 'A dialog that gets files and shows them as a coupon: it knows no list of files.',
    may: PAGE_ROOM,
    typesOf: ['@coupon-media/prepare'],
    onlyNamedNode: true,
  },
  {
    name: 'console/page/shell',
    files: '^packages/console/page/(shell/|main\\.tsx$)',
    because: 'What stands around the rooms is the one part that knows them all.',
    may: ['console/page', 'preact', '@preact/signals'],
    onlyNamedNode: true,
  },
  {
    name: 'door',
    files: '^packages/door/src/',
    because: 'The plain door takes `publish` and knows neither relay nor sandbox, so that both mount it.',
    may: [
      ...PACKAGES.door,
      '@coupon-media/server/engine',
      'hono',
      '@hono/node-server',
      'zod',
      '@hono/zod-openapi',
    ],
    lazily: ['@coupon-media/prepare'],
  },
  {
    name: 'relay',
    files: '^packages/relay/src/',
    because: 'Wraps the server from outside; the only room that calls upstream.',
    may: [...PACKAGES.relay, '@coupon-media/server/engine'],
    lazily: ['@coupon-media/pkcs11'],
  },
  {
    name: 'cli/bin',
    files: '^packages/cli/(bin/|package\\.json$)',
    because:
      'Runs on any Node, old ones too, to say which one is needed; then it prints the release, or starts what was built.',
    may: ['coupon-media', 'node:fs', 'node:path'],
    onlyNamedNode: true,
  },
  {
    name: 'cli',
    files: '^packages/cli/src/',
    because: 'Uploading needs no service: the commands of the service are found by name, at run time.',
    may: [...PACKAGES.cli, 'commander', 'p-map', 'string-width', 'tinyglobby', 'undici'],
  },
  {
    name: 'service-cli',
    files: '^packages/service-cli/src/',
    because: 'A command loads server, sandbox, relay or cluster when it runs, so that `--help` is quick.',
    may: ['coupon-media', '@coupon-media/server/settings', 'commander'],
    lazily: ['@coupon-media/server', '@coupon-media/sandbox', '@coupon-media/relay', '@coupon-media/cluster'],
  },
  {
    name: 'prepare/decoder',
    files: '^packages/prepare/src/decoder/',
    because: 'Decodes files of strangers in a process of its own; the only room with sharp and libheif.',
    may: ['prepare', 'sharp', 'libheif-js'],
    typesOf: ['@coupon-media/apiv3'],
  },
  {
    name: 'prepare',
    files: '^packages/prepare/src/(?!decoder/)',
    because: 'No decoder is loaded into the process of the caller.',
    may: PACKAGES.prepare,
    typesOf: ['prepare/decoder'],
  },
];

/** @type {readonly Room[]} */
const TESTS = [
  ...Object.entries(PACKAGES).map(([name, packages]) => ({
    name: `tests/${name}`,
    files: `^packages/${name}/test/${name === 'server' ? '(?!contracts/|stores/folders\\.ts$)' : ''}`,
    because: 'Tests see their package as its users do, or as it was built; never its sources.',
    may: [
      ...(name === 'cli' ? ['coupon-media', 'cli/bin'] : [`@coupon-media/${name}`]),
      ...packages,
      ...(['server', 'cluster'].includes(name) ? ['tests/contracts'] : []),
      'tools/engines',
      ...(name === 'prepare' ? ['tools/pictures'] : []),
      ...(name === 'door' ? ['@coupon-media/prepare'] : []),
      // What a browser loads has no build of its own that a test could load.
      ...(name === 'console' ? ['console/page'] : []),
      '*',
    ],
  })),
  {
    name: 'tests/contracts',
    files: '^packages/server/test/(contracts/|stores/folders\\.ts$)',
    because:
      'What any engine has to do, as tests for those of other packages too, and the folder that a move begins with.',
    may: ['tests/server', '@coupon-media/server', '@coupon-media/apiv3', 'vitest', 'fast-check'],
  },
  {
    name: 'e2e',
    files: '^e2e/(?!interop/(?:clients|wide/programs)/|runners/app/)',
    because: 'Tests of several packages use them by their public names.',
    may: [
      ...Object.keys(DOORS),
      // The lists of the page's rooms and of the stages that it names, so that tests forget none; its sentences in both languages.
      'console/page/inspector',
      'console/page/messages',
      'console/page/shell',
      'tools',
      'samples',
      'vitest',
      'fast-check',
      'playwright-core',
      'axe-core',
      'undici',
      'pino',
      '@seriousme/openapi-schema-validator',
      '@smithy/signature-v4',
      'ajv',
      'typescript',
      'yaml',
    ],
  },
  {
    name: 'e2e/interop/clients',
    files: '^e2e/interop/(?:clients|wide/programs)/',
    because: 'Clients of others know nothing of this project; only this folder installs what they need.',
    may: ['*'],
  },
  {
    name: 'e2e/runners/app',
    files: '^e2e/runners/app/',
    because: 'Programs as users write them, with the packages as npm gives them.',
    may: [...Object.keys(DOORS), 'vitest'],
  },
  {
    name: 'samples',
    files: '^samples/',
    because: 'A sample shows what a user can write.',
    may: [...Object.keys(DOORS), 'vitest'],
  },
  {
    name: 'bench',
    files: '^bench/',
    because: 'Peers of the benchmark have a lockfile of their own.',
    may: [...Object.keys(DOORS), 'tools/engines', '*'],
  },
];

/** @type {readonly Room[]} */
const TOOLS = [
  {
    name: 'tools/engines',
    files: '^tools/engines/',
    because: 'Real engines for tests and benchmarks, on modules of Node alone.',
    may: ['tools/setup'],
  },
  {
    name: 'tools/vitest',
    files: '^tools/vitest/',
    because: 'Given to vitest by its configuration.',
    may: ['tools/setup', 'vitest', 'typescript'],
  },
  {
    name: 'tools/deploy',
    files: '^tools/(deploy/|check-deploy\\.)',
    because: 'Checks of deploy/ run when all is installed and built.',
    may: [
      'tools/setup',
      '@coupon-media/server/settings',
      'yaml',
      'ajv',
      'dclint',
      'dockerfile-ast',
      'dockerfile-utils',
      'kubernetes-types',
    ],
  },
  {
    name: 'tools/pictures',
    files: '^tools/pictures/',
    because: 'Compares what prepare makes of pictures with other decoders, when all is installed and built.',
    may: ['@coupon-media/prepare', 'sharp'],
  },
  {
    name: 'tools/runtimes/app',
    files: '^tools/runtimes/app\\.mjs$',
    because: 'A program as users write it, which is copied beside the packages as npm gives them.',
    may: Object.keys(DOORS),
  },
  {
    name: 'tools/runtimes',
    files: '^tools/runtimes/(?!app\\.)',
    because: 'Does the same on each runtime, when all is installed and built.',
    may: ['tools/setup', 'tools/packages', '@coupon-media/sandbox'],
  },
  {
    name: 'tools/packages',
    files: '^tools/packages/',
    because: 'Packs, judges and releases the packages, when all is installed and built.',
    may: [
      'tools/setup',
      '@coupon-media/client',
      '@coupon-media/sandbox',
      'typescript',
      'publint',
      '@arethetypeswrong/core',
      '@microsoft/api-extractor',
    ],
  },
  {
    name: 'tools/test',
    files: '^tools/test/',
    because: 'Tests of tools, and of the model behind `npm run scale`.',
    may: ['tools', 'bench', 'rules', 'vitest', 'fast-check', 'dependency-cruiser'],
  },
  {
    name: 'rules',
    files: '^\\.dependency-cruiser\\.mjs$',
    because: 'This file.',
  },
  {
    name: 'tools/setup',
    files: '^tools/(?!check-deploy\\.)[a-z-]+\\.mjs$',
    because: 'Runs before anything is installed, so on modules of Node alone.',
    may: ['tools/deploy', 'tools/packages', 'tools/pictures', 'tools/runtimes'],
  },
];

const ROOMS = [...PROTOCOL, ...SERVER, ...CLUSTER, ...PROGRAMS, ...TESTS, ...TOOLS];
/** @type {import('dependency-cruiser').DependencyType[]} */
const TYPES = ['type-only', 'type-import'];
const SOURCES = '^(packages/[^/]+/(src|page|test|bin)|e2e|samples|bench|tools)/';

/**
 * The rules of a room: what it may import at all, and of that what only as types, or only when it runs.
 * @param {Room} room
 * @returns {import('dependency-cruiser').IForbiddenRuleType[]}
 */
function rulesOf({ name, files, because, may = [], typesOf = [], lazily = [], onlyNamedNode }) {
  const values = may.flatMap(patterns);
  const types = typesOf.flatMap(patterns);
  const lazy = lazily.flatMap(patterns);
  /** @type {import('dependency-cruiser').IRegularForbiddenRuleType[]} */
  const rules = [
    {
      name,
      severity: 'error',
      comment: `${because} It may import: ${[...new Set([...may, ...typesOf, ...lazily])].join(', ') || 'nothing else'}.`,
      from: { path: files },
      to: {
        pathNot: [files, ...values, ...types, ...lazy],
        dependencyTypesNot: onlyNamedNode ? [] : ['core'],
      },
    },
    {
      name: `${name}: types only`,
      severity: 'error',
      comment: `${because} Write 'import type', or move what is needed to where both may import it.`,
      from: { path: files },
      to: { path: types, pathNot: [files, ...values], dependencyTypesNot: TYPES },
    },
    {
      name: `${name}: when it runs`,
      severity: 'error',
      comment: `${because} Write 'await import()' where it is used, or 'import type'.`,
      from: { path: files },
      to: {
        path: lazy,
        pathNot: [files, ...values],
        dynamic: false,
        dependencyTypesNot: TYPES,
      },
    },
  ];
  return rules.filter(({ to }) => to.path === undefined || to.path.length > 0);
}

/**
 * @param {import('dependency-cruiser').IForbiddenRuleType['from']} from
 * @returns {import('dependency-cruiser').IForbiddenRuleType}
 */
function roomless(from) {
  return {
    name: 'a room for each file',
    severity: 'error',
    comment: 'No rule holds for this file. Move it into a room, or give it one in .dependency-cruiser.mjs.',
    from: { ...from, path: SOURCES, pathNot: ROOMS.map(({ files }) => files) },
    to: {},
  };
}

/**
 * What a word in `may` stands for, as regular expressions for resolved paths.
 * @param {string} word
 */
function patterns(word) {
  if (word === '*') return ['(^|/)node_modules/', '^(?!packages/|e2e/|samples/|bench/|tools/|\\.)'];
  if (word.startsWith('node:')) return [`^(node:)?${word.slice('node:'.length)}$`];
  const door = DOORS[word];
  if (door) return [door];
  const rooms = ROOMS.filter(({ name }) => name === word || name.startsWith(`${word}/`));
  return rooms.length > 0 ? rooms.map(({ files }) => files) : [`(^|/)node_modules/${word}/`];
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...ROOMS.flatMap(rulesOf),
    roomless({}),
    roomless({ orphan: true }),
    {
      name: 'public names',
      severity: 'error',
      comment:
        'Users import a package by its public name, and so does the rest of the repository, except the fuzzer and the tests of explain, which call the readers of files themselves. Write that name.',
      from: {
        path: '^(packages/[^/]+|e2e|samples|bench|tools)/',
        pathNot: '^e2e/(fuzz/files/|(explained|captures)\\.test\\.ts$)',
      },
      to: {
        path: '^packages/[^/]+/dist/',
        pathNot: '^$1/',
        dependencyTypes: ['local'],
        dependencyTypesNot: ['aliased-workspace'],
      },
    },
    {
      name: 'declared dependencies',
      severity: 'error',
      comment:
        'In a workspace the dependency of a neighbour is found as well: add it to the package.json of this package.',
      from: { path: '^packages/[^/]+/src/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'], dependencyTypesNot: ['npm-peer'] },
    },
    {
      name: 'to be found',
      severity: 'error',
      comment: 'Nothing is there by this name. Check its spelling, and the exports of the package.',
      from: {
        path: '^packages/|^e2e/(?!interop/(?:clients|wide/programs)/|runners/app/)|^samples/|^tools/',
      },
      to: { couldNotResolve: true },
    },
    {
      name: 'environment',
      severity: 'error',
      comment: 'The environment comes in as an argument; biome.json names the two files that read it.',
      from: { path: '^packages/[^/]+/src/' },
      to: { path: '^(node:)?process$' },
    },
    {
      name: 'no circle of files',
      severity: 'error',
      comment:
        'Whoever reads one has to read all of them; types count as well. Move what both sides need into a file below both.',
      from: { path: '^packages/[^/]+/(src|page)/' },
      to: { circular: true },
    },
    {
      name: 'no circle of folders',
      severity: 'error',
      comment:
        'Neither folder can be understood without the other; types count as well. Move a file, or what both need, to where one folder stands below the other.',
      scope: 'folder',
      from: { path: '^packages/[^/]+/src' },
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: '(^|/)(node_modules|dist)/' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.json'],
    },
    skipAnalysisNotInRules: true,
  },
};
