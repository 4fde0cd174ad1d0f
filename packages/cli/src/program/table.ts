import { LINES_AT_ONCE } from '../ledger/lines-at-once.js';
import { settingRows } from '../profile/settings.js';
import { type CommandRow, type OptionRow, rectangle, wholeNumber } from './row.js';

/** The options for the caller, the keys and the hosts. */
const PROFILE: readonly OptionRow[] = [
  ['--profile <file>', 'option.profile'],
  ...settingRows.flatMap(([name, { flag, argument, description }]): OptionRow[] =>
    flag ? [[`${flag} ${argument}`, description, { name }]] : [],
  ),
];

/** The commands of this package that use a profile, in the order of the help. */
export const COMMANDS: readonly CommandRow[] = [
  {
    name: 'upload',
    text: 'upload.description',
    arguments: [['[path...]', 'upload.argument']],
    options: [
      ['--files-from <file>', 'upload.filesFrom'],
      ['-0, --null', 'upload.null'],
      ['--filename <name>', 'upload.filename'],
      ['--slot <slot>', 'upload.slot', { choices: ['icon', 'background', 'detail'] }],
      ['--prepare', 'upload.prepare'],
      ['--fit <fit>', 'upload.fit', { choices: ['crop', 'pad', 'contain'] }],
      ['--focus <side>', 'upload.focus', { choices: ['centre', 'top', 'bottom', 'left', 'right'] }],
      ['--crop <left,top,width,height>', 'upload.crop', { reading: rectangle }],
      ['--background <colour>', 'upload.background'],
      ['--enlarge', 'upload.enlarge'],
      ['--send-doubtful', 'upload.sendDoubtful'],
      ['-n, --dry-run', 'upload.dryRun'],
      ['--concurrency <n>', 'upload.concurrency', { reading: wholeNumber(1, LINES_AT_ONCE), default: 4 }],
      ['--rate <n>', 'upload.rate', { reading: wholeNumber(0, 1000), default: 10 }],
      ['--retries <n>', 'upload.retries', { reading: wholeNumber(0, 3), default: 3 }],
      ['--timeout <seconds>', 'upload.timeout', { reading: wholeNumber(1, 3600) }],
      ['--ledger <file>', 'upload.ledger'],
      ['--no-ledger', 'upload.noLedger'],
      ['--manifest <file>', 'upload.manifestOption'],
      ['--json', 'upload.json'],
      ['-q, --quiet', 'upload.quiet'],
      ...PROFILE,
    ],
    help: 'upload.help',
    load: async () => (await import('../commands/upload.js')).upload,
  },
  {
    name: 'doctor',
    text: 'doctor.description',
    options: [['--json', 'doctor.json'], ...PROFILE],
    help: 'doctor.help',
    load: async () => (await import('../commands/doctor.js')).doctor,
  },
  {
    name: 'explain',
    text: 'explain.description',
    arguments: [['[capture...]', 'explain.argument']],
    options: [
      ['--method <method>', 'explain.method'],
      ['--url <url>', 'explain.url'],
      ['--authorization <header>', 'explain.authorization'],
      ['--body <file>', 'explain.body'],
      ['--meta <file>', 'explain.meta'],
      ['--message <file>', 'explain.message'],
      ['--json', 'explain.json'],
      ...PROFILE,
    ],
    help: 'explain.help',
    load: async () => (await import('../commands/explain.js')).explainRequest,
  },
  {
    name: 'sign',
    text: 'sign.description',
    arguments: [
      ['<method>', 'explain.method'],
      ['<url>', 'sign.url'],
    ],
    options: [
      ['--body <file>', 'sign.body'],
      ['--text <text>', 'sign.text'],
      ['--timestamp <seconds>', 'sign.timestamp', { reading: wholeNumber(0, 9_999_999_999) }],
      ['--nonce <text>', 'sign.nonce'],
      ['--json', 'sign.json'],
      ...PROFILE,
    ],
    load: async () => (await import('../commands/sign.js')).sign,
  },
  {
    name: 'verify',
    text: 'verify.description',
    arguments: [['<capture...>', 'verify.argument']],
    options: [
      ['--body <file>', 'verify.body'],
      ['--now <seconds>', 'verify.now', { reading: wholeNumber(0, 9_999_999_999) }],
      ['--json', 'verify.json'],
      ...PROFILE,
    ],
    help: 'verify.help',
    load: async () => (await import('../commands/verify.js')).verify,
  },
  {
    name: 'config',
    text: 'config.description',
    commands: [
      {
        name: 'init',
        text: 'config.init',
        options: [
          ['--profile <file>', 'config.initProfile', { default: 'default' }],
          ['--force', 'config.force'],
        ],
        load: async () => (await import('../commands/config.js')).init,
      },
      {
        name: 'show',
        text: 'config.show',
        options: [['--json', 'config.json'], ...PROFILE],
        load: async () => (await import('../commands/config.js')).show,
      },
    ],
  },
];

/** It needs no profile, and stands last in the help. */
export const COMPLETION: CommandRow = {
  name: 'completion',
  text: 'completion.description',
  arguments: [['<shell>', undefined, { choices: ['bash', 'zsh'] }]],
  help: 'completion.help',
  load: async () => (await import('../commands/completion.js')).completion,
};
