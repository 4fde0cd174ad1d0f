import { settingsHelp } from '@coupon-media/server/settings';
import { type CommandRow, type OptionRow, wholeNumber } from 'coupon-media/commands';
import type { ServiceKey } from './messages/messages.js';
import {
  configured,
  DATA,
  DURATION,
  LIMIT,
  ON_OR_OFF,
  PORT,
  RATE,
  RATE_OR_DEFAULT,
  REQUEST_NUMBER,
  SCOPE_LIST,
  SINCE,
  TEST_RUNNERS,
} from './options.js';

type Row = CommandRow<ServiceKey>;

// `sandbox` and `relay` have --data as well, and take it wherever it stands: their commands read the flags of both.

const SANDBOX: Row = {
  name: 'sandbox',
  text: 'sandbox.description',
  options: [
    ['--data <dir>', 'sandbox.data'],
    ['--port <n>', 'sandbox.port', { reading: PORT }],
    ['--quota <n>', 'sandbox.quota', { reading: RATE }],
    ['--allow-host <name...>', 'sandbox.allowHost'],
    ['--faults <file>', 'sandbox.faults'],
    ['--responses <file>', 'sandbox.responses'],
    ['--tls', 'sandbox.tls'],
    ['--tls-port <n>', 'sandbox.tlsPort', { reading: PORT, implies: { tls: true } }],
    ['--proxy-port <n>', 'sandbox.proxyPort', { reading: PORT, implies: { tls: true } }],
    ['--demo', 'sandbox.demo'],
  ],
  load: async () => (await import('./commands/sandbox.js')).sandbox,
  commands: [
    {
      name: 'init',
      text: 'sandbox.init.description',
      arguments: [['[file]', 'sandbox.init.file']],
      options: [['--runner <name>', 'sandbox.init.runner', { choices: TEST_RUNNERS }]],
      load: async () => (await import('./commands/sandbox-init.js')).init,
    },
    {
      name: 'requests',
      text: 'sandbox.requests.description',
      options: [
        ['--url <url>', 'sandbox.requests.url'],
        ['--follow', 'sandbox.requests.follow'],
        ['--data <dir>', 'sandbox.data'],
        ['--json', 'sandbox.requests.json'],
      ],
      load: async () => (await import('./commands/sandbox-requests.js')).requests,
    },
    {
      name: 'notify',
      text: 'sandbox.notify.description',
      arguments: [['<url>', 'sandbox.notify.url']],
      options: [
        ['--event <type>', 'sandbox.notify.event'],
        ['--resource <file>', 'sandbox.notify.resource'],
        ['--mistake <name>', 'sandbox.notify.mistake', { conflicts: 'each' }],
        ['--each', 'sandbox.notify.each'],
        ['--times <n>', 'sandbox.notify.times', { reading: wholeNumber(1, 20), default: 1 }],
        ['--merchant <id>', 'sandbox.notify.merchant'],
        ['--data <dir>', 'sandbox.data'],
        ['--json', 'sandbox.notify.json'],
      ],
      load: async () => (await import('./commands/sandbox-notify.js')).notify,
    },
    {
      name: 'replay',
      text: 'sandbox.replay.description',
      arguments: [['<number>', 'sandbox.replay.number', { reading: REQUEST_NUMBER }]],
      options: [
        ['--resign', 'sandbox.replay.resign'],
        ['--url <url>', 'sandbox.requests.url'],
        ['--data <dir>', 'sandbox.data'],
        ['--json', 'sandbox.requests.json'],
      ],
      load: async () => (await import('./commands/sandbox-replay.js')).replay,
    },
  ],
};

const SERVE: Row = {
  name: 'serve',
  text: 'serve.description',
  options: configured('serve'),
  help: settingsHelp,
  load: async () => (await import('./commands/serve.js')).serve,
};

const ACCOUNT: OptionRow<ServiceKey> = ['--account <name>', 'relay.account', { required: true }];

const RELAY: Row = {
  name: 'relay',
  text: 'relay.description',
  options: configured('relay'),
  help: (language) => settingsHelp(language, 'relay'),
  load: async () => (await import('./commands/relay.js')).relay,
  commands: [
    {
      name: 'forget',
      text: 'relay.forget',
      arguments: [['<digest>', 'relay.forget.digest']],
      options: [ACCOUNT, DATA],
      load: async () => (await import('./commands/relay-forget.js')).forget,
    },
    {
      name: 'import',
      text: 'relay.import',
      arguments: [['<ledger>', 'relay.import.ledger']],
      options: [ACCOUNT, ['--accounts <file>', 'relay.accounts'], DATA],
      load: async () => (await import('./commands/relay-import.js')).importLedger,
    },
  ],
};

const CERTIFICATE: OptionRow<ServiceKey> = [
  '--certificate <file>',
  'merchant.certificate',
  { required: true },
];
const QUOTA: OptionRow<ServiceKey> = ['--quota <n|default>', 'merchant.quota', { reading: RATE_OR_DEFAULT }];

const MERCHANT: Row = {
  name: 'merchant',
  text: 'merchant.description',
  commands: [
    {
      name: 'add',
      text: 'merchant.add',
      arguments: [['<id>']],
      options: [
        DATA,
        CERTIFICATE,
        ['--brand', 'merchant.brand'],
        ['--api-v3-key-file <file>', 'merchant.apiV3KeyFile'],
        QUOTA,
        [
          '--product-coupon <on|off>',
          'merchant.productCoupon',
          { reading: ON_OR_OFF, default: true, defaultText: 'on' },
        ],
      ],
      load: async () => (await import('./commands/merchant.js')).add,
    },
    {
      name: 'list',
      text: 'merchant.list',
      options: [DATA, ['--expiring <time>', 'merchant.expiring', { reading: DURATION }]],
      load: async () => (await import('./commands/merchant.js')).list,
    },
    {
      name: 'show',
      text: 'merchant.show',
      arguments: [['<id>']],
      options: [DATA, ['--api-v3-key', 'merchant.apiV3Key']],
      load: async () => (await import('./commands/merchant.js')).show,
    },
    {
      name: 'set',
      text: 'merchant.set',
      arguments: [['<id>']],
      options: [
        DATA,
        QUOTA,
        ['--product-coupon <on|off>', 'merchant.productCoupon', { reading: ON_OR_OFF }],
        ['--platform-key <id|default>', 'merchant.platformKey'],
      ],
      load: async () => (await import('./commands/merchant.js')).set,
    },
    {
      name: 'enable',
      text: 'merchant.enable',
      arguments: [['<id>']],
      options: [DATA],
      load: async () => (await import('./commands/merchant.js')).enable,
    },
    {
      name: 'disable',
      text: 'merchant.disable',
      arguments: [['<id>']],
      options: [DATA],
      load: async () => (await import('./commands/merchant.js')).disable,
    },
    {
      name: 'handout',
      text: 'merchant.handout',
      arguments: [['<id>']],
      options: [['--base-url <url>', 'merchant.baseUrl'], ['--api-v3-key', 'merchant.handoutKey'], DATA],
      load: async () => (await import('./commands/merchant-handout.js')).handout,
    },
    {
      name: 'add-certificate',
      text: 'merchant.addCertificate',
      arguments: [['<id>']],
      options: [DATA, CERTIFICATE],
      load: async () => (await import('./commands/merchant.js')).addCertificate,
    },
    {
      name: 'revoke-certificate',
      text: 'merchant.revokeCertificate',
      arguments: [['<id>'], ['<serial>']],
      options: [DATA],
      load: async () => (await import('./commands/merchant.js')).revokeCertificate,
    },
  ],
};

const PLATFORM_KEY: Row = {
  name: 'platform-key',
  text: 'platformKey.description',
  commands: [
    {
      name: 'add',
      text: 'platformKey.add',
      options: [
        ['--private-key <file>', 'platformKey.privateKey'],
        ['--certificate <file>', 'platformKey.certificate'],
        ['--public-key <file>', 'platformKey.publicKey'],
        ['--id <id>', 'platformKey.id'],
        DATA,
      ],
      load: async () => (await import('./commands/platform-key.js')).add,
    },
    {
      name: 'list',
      text: 'platformKey.list',
      options: [DATA],
      load: async () => (await import('./commands/platform-key.js')).list,
    },
    {
      name: 'show',
      text: 'platformKey.show',
      arguments: [['[id]', 'platformKey.retireId']],
      options: [DATA],
      load: async () => (await import('./commands/platform-key.js')).show,
    },
    {
      name: 'retire',
      text: 'platformKey.retire',
      arguments: [['<id>', 'platformKey.retireId']],
      options: [['--yes', 'platformKey.retireYes'], DATA],
      load: async () => (await import('./commands/platform-key.js')).retire,
    },
  ],
};

const STORE: Row = {
  name: 'store',
  text: 'store.description',
  commands: [
    {
      name: 'list',
      text: 'store.list',
      options: [
        ['--merchant <id>', 'store.list.merchant'],
        ['--filename <text>', 'store.list.filename'],
        LIMIT,
        ['--cursor <cursor>', 'store.list.cursor'],
        ['--json', 'store.list.json'],
        DATA,
      ],
      load: async () => (await import('./commands/store.js')).list,
    },
    {
      name: 'check',
      text: 'store.check',
      options: [['--deep', 'store.check.deep'], DATA],
      load: async () => (await import('./commands/store.js')).check,
    },
    {
      name: 'backup',
      text: 'store.backup',
      arguments: [['<dir>', 'store.backup.folder']],
      options: [DATA],
      load: async () => (await import('./commands/store.js')).backup,
    },
    {
      name: 'migrate',
      text: 'migrate.description',
      options: [
        ['--to <engines>', 'migrate.to', { choices: ['cluster'], required: true }],
        ['--data <dir>', 'migrate.data'],
        ['--no-verify', 'migrate.noVerify'],
      ],
      help: 'migrate.help',
      load: async () => (await import('./commands/store-migrate.js')).migrate,
    },
  ],
};

const TOKEN: Row = {
  name: 'token',
  text: 'token.description',
  commands: [
    {
      name: 'create',
      text: 'token.create',
      options: [
        ['--account <name>', 'token.account', { required: true }],
        ['--name <text>', 'token.name', { required: true }],
        [
          '--scope <names>',
          'token.scope',
          { reading: SCOPE_LIST, default: ['upload', 'read'], defaultText: 'upload,read' },
        ],
        ['--quota <n>', 'token.quota', { reading: wholeNumber(1, 10_000) }],
        ['--expires <time>', 'token.expires', { reading: DURATION }],
        DATA,
      ],
      load: async () => (await import('./commands/token.js')).create,
    },
    {
      name: 'list',
      text: 'token.list',
      options: [DATA],
      load: async () => (await import('./commands/token.js')).list,
    },
    {
      name: 'revoke',
      text: 'token.revoke',
      arguments: [['<id>', 'token.id']],
      options: [DATA],
      load: async () => (await import('./commands/token.js')).revoke,
    },
  ],
};

const AUDIT: Row = {
  name: 'audit',
  text: 'audit.description',
  options: [
    ['--since <time>', 'audit.since', { reading: SINCE }],
    ['--caller <id>', 'audit.caller'],
    ['--follow', 'audit.follow'],
    ['--json', 'audit.json'],
    DATA,
  ],
  load: async () => (await import('./commands/audit.js')).audit,
};

/** The commands of the service, in the order of the help. */
export const COMMANDS: readonly Row[] = [SANDBOX, SERVE, RELAY, MERCHANT, PLATFORM_KEY, STORE, TOKEN, AUDIT];
