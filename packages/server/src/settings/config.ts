import { isUnambiguousUrl, unambiguousUrlRule } from '@coupon-media/apiv3';
import { ConfigError } from './config-error.js';
import { checkOptions, checkVariables } from './names.js';
import { type RequiredInCluster, type Setting, type SettingValues, settingRows } from './table.js';

/** The configuration of a service: one value for each row of the settings table, by the row's name. */
export type ServiceConfig = SettingValues & {
  /**
   * Whether traces are sent. OpenTelemetry's own variables decide: an OTLP endpoint is set, and neither the SDK nor its
   * exporter is disabled.
   */
  tracing: boolean;
};

/** The configuration of a cluster node. */
export type ClusterConfig = ServiceConfig & { [N in RequiredInCluster]: string };

export type { LogLevel } from './table.js';
export { ConfigError };

/**
 * Reads the settings from options, then from the environment, then from the defaults. Nothing else reads the
 * environment. If `data` is given as an option, the folder is used even if the environment names a cluster.
 *
 * @param options values by setting name, for example `{ port: 8787 }`
 * @param environment variables by name. Default: `process.env`
 * @throws ConfigError that names the option or the variable
 */
export function readConfig(
  options: { [K in keyof ServiceConfig]?: string | number | boolean | readonly string[] | undefined },
  environment: NodeJS.ProcessEnv = process.env,
): ServiceConfig {
  checkOptions(options);
  checkVariables(environment);
  const isFolder = options.data !== undefined && options.databaseUrl === undefined;
  const given = settingRows.map(([name, row]) => {
    const option = options[name];
    const variable = isFolder && row.required ? undefined : environment[row.variable] || undefined;
    const text = option === undefined ? (variable ?? row.default) : String(option);
    return [name, text === undefined ? undefined : read(row, text, option !== undefined)];
  });
  const values: SettingValues = Object.fromEntries(given);
  return complete({
    ...values,
    tracing: options.tracing === undefined ? wantsTraces(environment) : options.tracing === true,
  });
}

function read({ option, variable, kind }: Setting, text: string, isOption: boolean): unknown {
  const value = kind.read(text);
  if (value !== undefined) return value;
  const name = isOption ? (option ?? variable) : variable;
  const isLink = !isOption && /^(tcp|udp|sctp):\/\//.test(text);
  throw new ConfigError('SETTING_INVALID', {
    en: `${name}: must be ${kind.values.en}${isLink ? '; Kubernetes sets it for a Service of that name, unless the pod has enableServiceLinks: false' : ''}`,
    'zh-CN': `${name}：应为${kind.values['zh-CN']}${isLink ? '；Kubernetes 会为同名 Service 设置它，请在 Pod 中设 enableServiceLinks: false' : ''}`,
  });
}

function wantsTraces(environment: NodeJS.ProcessEnv): boolean {
  const { OTEL_SDK_DISABLED, OTEL_TRACES_EXPORTER } = environment;
  const named = ENDPOINTS.filter((name) => environment[name]);
  if (named.length === 0 || OTEL_SDK_DISABLED?.toLowerCase() === 'true' || OTEL_TRACES_EXPORTER === 'none')
    return false;
  const wrong = named.find((name) => !isUnambiguousUrl(environment[name] ?? '', OTLP));
  if (wrong) {
    const rule = unambiguousUrlRule(OTLP);
    throw new ConfigError('SETTING_INVALID', {
      en: `${wrong}: must be ${rule.en}`,
      'zh-CN': `${wrong}：应为${rule['zh-CN']}`,
    });
  }
  return true;
}

const ENDPOINTS = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'];
const OTLP = ['http', 'https'];

/** @returns whether the configuration names engines that many nodes share */
export function isCluster(config: ServiceConfig): config is ClusterConfig {
  return config.databaseUrl !== undefined;
}

/** Checks that the engines of a cluster are named together. If some were missing, the mistake would surface late. */
function complete(config: ServiceConfig): ServiceConfig {
  const required = settingRows.filter(([, row]) => row.required);
  const variables = (isGiven: boolean) =>
    required.filter(([name]) => (config[name] !== undefined) === isGiven).map(([, row]) => row.variable);
  const [given, missing] = [variables(true), variables(false)];
  if (given.length === 0 || missing.length === 0) return config;
  throw new ConfigError('CLUSTER_INCOMPLETE', {
    en: `${missing.join(' and ')}: must also be set, because ${given.join(' and ')} ${given.length > 1 ? 'are' : 'is'}: the nodes of a cluster share all three engines`,
    'zh-CN': `${missing.join(' 和 ')}：已设置 ${given.join(' 和 ')}，所以也必须设置；集群的各节点共用这三个组件`,
  });
}
