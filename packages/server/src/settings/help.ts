import type { Language, Text } from '@coupon-media/apiv3';
import { type Program, type Setting, type SettingName, settingRows } from './table.js';

/** An option of `coupon-media serve` or `relay`. */
export interface SettingOption {
  readonly name: SettingName;
  /** In commander's notation: `--port <n>`. */
  readonly flags: string;
  readonly description: Text;
}

/**
 * @returns the options of `coupon-media serve` or `relay`. `readConfig` checks their values, as it checks those of the environment
 */
export function settingOptions(program: Program = 'serve'): readonly SettingOption[] {
  return settingRows.flatMap(([name, setting]) =>
    setting.option === undefined || !isRead(setting, program)
      ? []
      : [
          {
            name,
            flags: `${setting.option} ${setting.kind.placeholder}`,
            description: { en: described(setting, 'en'), 'zh-CN': described(setting, 'zh-CN') },
          },
        ],
  );
}

/**
 * @returns the text after the options in `--help` of `coupon-media serve` or `relay`: the settings of the environment, several lines
 *   each
 */
export function settingsHelp(language: Language, program: Program = 'serve'): string {
  const rows = settingRows.map(([, row]) => row).filter((row) => isRead(row, program));
  const lines = (wanted: (row: Setting) => boolean) =>
    rows.filter(wanted).map((row) => `  ${row.variable}\n      ${described(row, language)}`);
  return [
    '',
    TEXT.options[language],
    ...rows.flatMap(({ variable, option }) => (option ? [`  ${option} = ${variable}`] : [])),
    '',
    TEXT.any[language],
    ...lines(({ option, cluster }) => !option && !cluster),
    '',
    TEXT.required[language],
    ...lines(({ required }) => required === true),
    '',
    TEXT.cluster[language],
    ...lines(({ cluster, required }) => cluster === true && !required),
    '',
    TEXT.others[language],
  ].join('\n');
}

function isRead({ only }: Setting, program: Program): boolean {
  return only === undefined || only === program;
}

function described({ meaning, kind, default: value, defaultMeans }: Setting, language: Language): string {
  const shown = defaultMeans?.[language] ?? value;
  return language === 'en'
    ? `${meaning.en} (${kind.values.en}${shown === undefined ? '' : `; default: ${shown}`})`
    : `${meaning[language]}（${kind.values[language]}${shown === undefined ? '' : `；默认 ${shown}`}）`;
}

/** @returns the settings as a Markdown table, which docs/OPERATIONS.md contains */
export function settingsTable(): string {
  const lines = settingRows.map(
    ([, row]) => `| \`${row.variable}\` | ${defaultOf(row)} | ${valuesOf(row)} | ${meaningOf(row)} |`,
  );
  return ['| variable | default | values | meaning |', '|---|---|---|---|', ...lines].join('\n');
}

function defaultOf({ default: value, defaultMeans }: Setting): string {
  return defaultMeans?.en ?? (value === undefined ? '–' : `\`${value}\``);
}

/** A bar would begin a new column of the table. */
function valuesOf({ kind }: Setting): string {
  return kind.values.en.replaceAll(' | ', ', ');
}

function meaningOf({ meaning, option, cluster, required, secret, only }: Setting): string {
  const remarks = [
    only && `only of \`coupon-media ${only}\``,
    option && `option \`${option}\``,
    required ? 'names a cluster, together with the other two' : cluster && 'only in a cluster',
    secret && 'a password in it is never logged',
  ].filter(Boolean);
  return remarks.length === 0 ? meaning.en : `${meaning.en} (${remarks.join('; ')})`;
}

const TEXT = {
  options: {
    en: 'Each option can also be set in the environment; the option takes precedence:',
    'zh-CN': '每个选项也可用环境变量设置，选项优先：',
  },
  any: {
    en: 'Settings of every service that only the environment can give:',
    'zh-CN': '只能用环境变量设置，单机和集群通用：',
  },
  required: {
    en: 'These three settings make the service a node of a cluster (other users could read a password on a command line):',
    'zh-CN':
      '设置以下三项后，本服务作为集群节点运行，与其他节点共用 PostgreSQL、S3 和 Redis（命令行中的密码会被其他用户看到，所以没有对应选项）：',
  },
  cluster: { en: 'Optional settings of a cluster:', 'zh-CN': '集群还可按需设置：' },
  others: {
    en: 'The AWS SDK finds the credentials of S3 in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, files or roles.\nAn unknown COUPON_MEDIA_… variable prevents the start, so that a misspelling is noticed.',
    'zh-CN':
      'S3 凭据按 AWS SDK 的方式查找：AWS_ACCESS_KEY_ID 和 AWS_SECRET_ACCESS_KEY、文件、角色。\n出现其他 COUPON_MEDIA_… 变量时拒绝启动，避免拼写错误被忽略。',
  },
} as const satisfies Record<string, Text>;
