/** Who may import whom, as tables. check-imports.mjs obeys them; a new room begins with a new row. */

/**
 * A room is a set of files under one rule. A file is in the first room whose pattern fits its path. In every list a name stands
 * for itself and for all under it (`server/upload` for `server/upload/store` too), and '*' for any.
 * @typedef {object} Room
 * @property {string} name
 * @property {RegExp} files
 * @property {readonly string[]} [rooms] other rooms of its package that it may import; rooms of others, where named here
 * @property {readonly string[]} [packages] packages of ours that it may import
 * @property {readonly string[]} [lazyPackages] packages of ours that it may import with import(), or for their types
 * @property {readonly string[]} [typesOf] rooms and packages of which it may import the types
 * @property {readonly string[]} [outside] libraries that it may import. Default: none
 * @property {number} [atMost] how many libraries its files may import in all. Default: any number
 * @property {readonly string[]} [node] modules of Node that it may import. Default: any
 * @property {readonly string[]} [mustNotUse] properties that it may not read; `process.*` forbids all of them
 * @property {boolean} [computed] whether import() may take what is no literal. Default: it may not
 */

/** Which packages a package may import. The dependencies in its package.json say the same. */
const PACKAGES = {
  apiv3: [],
  client: ['apiv3'],
  prepare: ['apiv3'],
  openapi: ['apiv3'],
  server: ['openapi', 'apiv3'],
  cluster: ['server', 'apiv3'],
  sandbox: ['server', 'client', 'apiv3'],
  cli: ['client', 'prepare', 'apiv3'],
  'service-cli': ['cli', 'server', 'cluster', 'sandbox'],
  console: ['apiv3'],
};

/** Doors of packages beside their first: `server/settings` is `@coupon-media/server/settings`. Who may use a package may use them. */
export const ENTRIES = new Set(['cli/shell', 'server/engine', 'server/settings']);

/** Libraries that only one package may import. */
export const ONLY_IN = new Map([
  ['@peculiar/x509', 'sandbox'],
  ['reflect-metadata', 'sandbox'],
  ['sharp', 'prepare'],
  ['libheif-js', 'prepare'],
  ['pg', 'cluster'],
  ['ioredis', 'cluster'],
  ['@aws-sdk/client-s3', 'cluster'],
]);

/** The way of an upload. A stage knows the types of the stages before it, and calls none. */
const UPLOAD_STAGES = ['enter', 'receive', 'admit', 'validate', 'store', 'publish'];

const ENVIRONMENT = ['process.env'];
/** Clock, randomness, console and process come in as arguments. */
const EFFECTS = ['process.*', 'console.*', 'Date.now', 'Math.random', 'performance.*', 'globalThis.*'];

/** @type {readonly Room[]} */
const APIV3 = [
  {
    name: 'apiv3/crypto',
    files: /^packages\/apiv3\/src\/(signature|keys|cipher)\.ts$/,
    rooms: ['apiv3'],
    node: ['crypto'],
    mustNotUse: EFFECTS,
  },
  {
    name: 'apiv3',
    files: /^packages\/apiv3\/src\//,
    rooms: ['apiv3/crypto'],
    node: [],
    mustNotUse: [...EFFECTS, 'crypto.*'],
  },
];

/** @type {readonly Room[]} */
const CLIENT = [
  {
    name: 'client/options',
    files: /^packages\/client\/src\/options\.ts$/,
    rooms: ['client'],
    packages: PACKAGES.client,
    outside: ['undici'],
  },
  {
    name: 'client',
    files: /^packages\/client\/src\//,
    rooms: ['client/options'],
    packages: PACKAGES.client,
    outside: ['undici'],
    mustNotUse: ENVIRONMENT,
  },
];

/** @type {Readonly<Pick<Room, 'packages' | 'mustNotUse'>>} */
const IN_SERVER = { packages: ['apiv3'], mustNotUse: ENVIRONMENT };

/** @type {readonly Room[]} */
const SERVER = [
  {
    // the only reader of the environment, and what may be shown of what it read
    name: 'server/settings/config',
    files: /^packages\/server\/src\/settings\/(config|redacted)\.ts$/,
    rooms: ['server/settings'],
    packages: PACKAGES.server,
  },
  {
    // one table, and what is made of it: types, help, the documents' table. Read by the command line without the service.
    name: 'server/settings',
    files: /^packages\/server\/src\/settings\//,
    node: ['os'],
    ...IN_SERVER,
  },
  {
    name: 'server/service',
    // its start, by a configuration, and who watches it stand beside it
    files: /^packages\/server\/src\/(service|start|monitoring|index|engine)\.ts$/,
    rooms: ['server'],
    outside: ['*'],
    ...IN_SERVER,
  },
  {
    // which engines a configuration names: the composition root's other half
    name: 'server/engines',
    files: /^packages\/server\/src\/engines\//,
    rooms: ['server'],
    outside: ['pino'],
    ...IN_SERVER,
  },
  {
    // what whoever looks on is told
    name: 'server/observe/listener',
    files: /^packages\/server\/src\/observe\/listener\.ts$/,
    typesOf: ['server/signed/trace'],
    ...IN_SERVER,
  },
  {
    name: 'server/observe/metrics',
    files: /^packages\/server\/src\/observe\/metrics\//,
    rooms: ['server/signed/trace', 'server/observe/listener'],
    typesOf: ['server/engines'],
    outside: ['prom-client'],
    ...IN_SERVER,
  },
  {
    name: 'server/observe/tracing',
    files: /^packages\/server\/src\/observe\/tracing\//,
    rooms: ['server/signed/trace'],
    typesOf: ['server/engines'],
    outside: [
      '@opentelemetry/api',
      '@opentelemetry/exporter-trace-otlp-http',
      '@opentelemetry/resources',
      '@opentelemetry/sdk-trace-node',
      'pino',
    ],
    ...IN_SERVER,
  },
  {
    // who looks on: what they see is one trace a request
    name: 'server/observe',
    files: /^packages\/server\/src\/observe\//,
    rooms: ['server/observe', 'server/signed/trace'],
    outside: ['pino'],
    ...IN_SERVER,
  },
  {
    name: 'server/http',
    files: /^packages\/server\/src\/http\//,
    rooms: ['server/signed', 'server/upload', 'server/interface', 'server/observe'], // a log that is sparing of lines
    outside: ['pino'],
    ...IN_SERVER,
    packages: PACKAGES.server, // with the reference of what is answered
  },
  {
    // what is known of one request, and who is told of it: types of what the others write
    name: 'server/signed/trace',
    files: /^packages\/server\/src\/signed\/trace\.ts$/,
    typesOf: ['server/interface', 'server/signed'],
    ...IN_SERVER,
  },
  ...['body', 'nonce'].map((part) => ({
    // what a stage of an upload calls, too
    name: `server/signed/${part}`,
    files: new RegExp(`^packages/server/src/signed/${part}\\.ts$`),
    typesOf: ['server/interface', 'server/signed'],
    ...IN_SERVER,
  })),
  {
    // any signed request: nothing here knows of uploads
    name: 'server/signed',
    files: /^packages\/server\/src\/signed\//,
    rooms: ['server/interface', 'server/signed'],
    ...IN_SERVER,
  },
  {
    // how a form is read: what headers say stands beside what bodies hold
    name: 'server/upload/multipart',
    files: /^packages\/server\/src\/upload\/(multipart|form-headers)\.ts$/,
    ...IN_SERVER,
  },
  ...UPLOAD_STAGES.map((stage, at) => ({
    name: `server/upload/${stage}`,
    // receive is two files: how it reads a form stands beside it
    files: new RegExp(`^packages/server/src/upload/${stage === 'receive' ? '(receive|form)' : stage}\\.ts$`),
    rooms: [
      'server/interface',
      'server/signed/body',
      'server/signed/nonce',
      ...(stage === 'receive' ? ['server/upload/multipart'] : []),
      ...(stage === 'admit' ? ['server/upload/enter'] : []), // what a refusal for want of room says
    ],
    typesOf: ['server/signed', ...UPLOAD_STAGES.slice(0, at).map((earlier) => `server/upload/${earlier}`)],
    ...IN_SERVER,
  })),
  {
    name: 'server/upload/pipeline',
    files: /^packages\/server\/src\/upload\/pipeline\.ts$/,
    rooms: ['server/upload', 'server/signed', 'server/interface'],
    ...IN_SERVER,
  },
  {
    name: 'server/interface/merchants',
    files: /^packages\/server\/src\/merchants\/index\.ts$/,
    ...IN_SERVER,
  },
  {
    name: 'server/interface/stores',
    files: /^packages\/server\/src\/stores\/index\.ts$/,
    typesOf: ['server/interface/limits'], // an upload is recorded with its nonce
    ...IN_SERVER,
  },
  {
    name: 'server/interface/limits',
    // two files: all there is to say of nonces stands beside quotas and places
    files: /^packages\/server\/src\/limits\/(index|nonces)\.ts$/,
    ...IN_SERVER,
  },
  {
    // what every engine with SQL records, and how it is asked: one SQL for all
    name: 'server/stores/sql',
    files: /^packages\/server\/src\/stores\/sql\//,
    rooms: ['server/interface/stores'],
    outside: ['kysely'],
    ...IN_SERVER,
  },
  {
    // images while they arrive, whatever keeps them then
    name: 'server/stores/spool',
    files: /^packages\/server\/src\/stores\/spool\//,
    rooms: ['server/interface/stores'],
    ...IN_SERVER,
  },
  {
    name: 'server/stores/embedded',
    files: /^packages\/server\/src\/stores\/embedded(\.ts$|\/)/,
    rooms: ['server/interface/stores', 'server/stores/sql', 'server/stores/spool'],
    typesOf: ['server/interface/limits'], // it records nonces
    outside: ['kysely', 'libsql'],
    ...IN_SERVER,
  },
  {
    name: 'server/merchants',
    files: /^packages\/server\/src\/merchants\//,
    rooms: ['server/interface/merchants'],
    typesOf: ['server/interface/stores'], // MerchantStore keeps what this room judges by
    outside: ['*'],
    atMost: 1,
    ...IN_SERVER,
  },
  ...[
    ['limits', 'embedded'],
    ['limits', 'in-flight'], // of each process, whatever keeps the other limits
  ].map(([of, engine]) => ({
    name: `server/${of}/${engine}`,
    files: new RegExp(`^packages/server/src/${of}/${engine}(\\.ts$|/)`),
    rooms: [`server/interface/${of}`],
    outside: ['*'],
    atMost: 1,
    ...IN_SERVER,
  })),
];

/** Of the server a cluster's engines know what engines are made of, and nothing else. @type {Readonly<Pick<Room, 'packages' | 'mustNotUse'>>} */
const IN_CLUSTER = { packages: ['server/engine', 'apiv3'], mustNotUse: ENVIRONMENT };

/** @type {readonly Room[]} */
const CLUSTER = [
  // how a call to any engine is made: deadline, retry, breaker
  { name: 'cluster/calls', files: /^packages\/cluster\/src\/engine\/calls\.ts$/, ...IN_CLUSTER },
  {
    name: 'cluster/interface',
    // two files: where the engines are, and a nonce as two of them know it
    files: /^packages\/cluster\/src\/engine\/(options|reservation)\.ts$/,
    ...IN_CLUSTER,
  },
  ...Object.entries({ postgres: ['pg', 'kysely'], s3: ['@aws-sdk/client-s3'], redis: ['ioredis'] }).map(
    ([engine, outside]) => ({
      name: `cluster/${engine}`,
      files: new RegExp(`^packages/cluster/src/${engine}/`),
      rooms: ['cluster/calls', 'cluster/interface'],
      outside,
      ...IN_CLUSTER,
    }),
  ),
  {
    // what one folder holds, to all three: the folder's contents come by the server's own name, as for every other command
    name: 'cluster/move',
    files: /^packages\/cluster\/src\/move\//,
    rooms: ['cluster/interface', 'cluster/postgres', 'cluster/s3', 'cluster/redis'],
    outside: ['kysely'],
    ...IN_CLUSTER,
    packages: PACKAGES.cluster,
  },
  {
    name: 'cluster',
    files: /^packages\/cluster\/src\//,
    rooms: ['cluster'],
    outside: ['kysely'],
    ...IN_CLUSTER,
  },
];

/** @type {readonly Room[]} */
const OTHERS = [
  {
    // what is answered, by the tables that requests are judged by
    name: 'openapi',
    files: /^packages\/openapi\/src\//,
    packages: PACKAGES.openapi,
    node: ['crypto'],
    mustNotUse: EFFECTS,
  },
  {
    name: 'sandbox',
    files: /^packages\/sandbox\/src\//,
    packages: PACKAGES.sandbox,
    outside: ['@peculiar/x509', 'reflect-metadata'],
  },
  {
    // what runs on any Node, old ones too, and says which is needed; it starts what was built
    name: 'cli/bin',
    files: /^packages\/cli\/bin\//,
    rooms: ['cli/test'],
    node: [],
    computed: true,
  },
  {
    // the service's commands by the name of their package, which depends on this one
    name: 'cli/service-cli',
    files: /^packages\/cli\/src\/service-cli\.ts$/,
    rooms: ['cli'],
    packages: ['apiv3'],
    outside: ['commander'],
    computed: true,
  },
  {
    name: 'cli',
    files: /^packages\/cli\/src\//,
    rooms: ['cli/service-cli'],
    packages: PACKAGES.cli,
    outside: ['commander', 'tinyglobby', 'undici'],
  },
  {
    name: 'service-cli',
    files: /^packages\/service-cli\/src\//,
    packages: ['cli/shell', 'server/settings'],
    lazyPackages: ['server', 'sandbox', 'cluster'],
    outside: ['commander'],
  },
  {
    // what decodes strangers' files, in a process of its own: the rest must not load it
    name: 'prepare/decoder',
    files: /^packages\/prepare\/src\/decoder\//,
    rooms: ['prepare'],
    typesOf: ['apiv3'],
    outside: ['sharp', 'libheif-js'],
    mustNotUse: ENVIRONMENT,
  },
  {
    name: 'prepare',
    files: /^packages\/prepare\/src\//,
    typesOf: ['prepare/decoder'],
    packages: PACKAGES.prepare,
  },
  {
    name: 'console',
    files: /^packages\/console\/src\//,
    typesOf: PACKAGES.console,
    outside: ['*'],
    node: [],
  },
];

/**
 * What any engine has to do, as tests. They stand with the interfaces that they are about, in the server, and engines of other
 * packages are held to the same ones; beside them the folder that a move begins with.
 * @type {Room}
 */
const CONTRACTS = {
  name: 'server/test/contracts',
  files: /^packages\/server\/test\/(contracts\/|stores\/folders\.ts$)/,
  rooms: ['server/test'],
  packages: ['server', 'apiv3'],
  outside: ['vitest', 'fast-check'],
};

/** Tests see their package as its users do, or as it was built; never its sources. @type {readonly Room[]} */
const TESTS = Object.entries(PACKAGES).map(([name, packages]) => ({
  name: `${name}/test`,
  files: new RegExp(`^packages/${name}/(test|dist)/`),
  packages: [name, ...packages],
  rooms: ['tools/engines', `${name}/bin`, ...(['server', 'cluster'].includes(name) ? [CONTRACTS.name] : [])],
  outside: ['*'], // what its package may import, and what the root provides: knip knows
  computed: true,
}));

const TESTING = ['vitest', 'fast-check'];

/** @type {readonly Room[]} */
const OUTER = [
  // clients of others, which only this folder installs
  { name: 'e2e/interop/clients', files: /^e2e\/interop\/clients\//, outside: ['*'], computed: true },
  {
    name: 'e2e',
    files: /^e2e\//,
    rooms: ['tools/engines', 'tools'], // tools: what packs the packages
    packages: ['*'],
    outside: [...TESTING, 'undici', 'pino', '@seriousme/openapi-schema-validator', 'ajv', 'typescript'],
    computed: true,
  },
  { name: 'examples', files: /^examples\//, packages: ['*'] },
  {
    name: 'bench',
    files: /^bench\//,
    rooms: ['tools/engines'],
    packages: ['*'],
    outside: ['*'],
    computed: true,
  },
  {
    name: 'tools/test',
    files: /^tools\/test\//,
    rooms: ['tools', 'tools/deploy', 'tools/vitest', 'bench'],
    outside: ['vitest', 'fast-check'],
    computed: true,
  },
  // real engines for tests and benchmarks: their doors are opened to other packages by name
  { name: 'tools/engines', files: /^tools\/engines\//, rooms: ['tools'] },
  // what vitest is given by its configuration: it is there when they run
  { name: 'tools/vitest', files: /^tools\/vitest\//, rooms: ['tools'], outside: ['vitest'] },
  {
    // what checks deploy/: it runs when all is installed, and is the only part of tools that needs libraries
    name: 'tools/deploy',
    files: /^tools\/(deploy\/|check-deploy\.|rehearse-image\.|write-settings\.)/,
    rooms: ['tools'],
    packages: ['server/settings'],
    outside: ['yaml', 'ajv', 'dclint', 'dockerfile-ast', 'dockerfile-utils', 'kubernetes-types'],
    computed: true,
  },
  { name: 'tools', files: /^tools\//, rooms: ['tools/deploy'], computed: true }, // they run before anything is installed
];

export const ROOMS = [...APIV3, ...CLIENT, ...SERVER, ...CLUSTER, ...OTHERS, CONTRACTS, ...TESTS, ...OUTER];
