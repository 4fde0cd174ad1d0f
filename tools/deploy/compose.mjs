/** Checks compose files: by the compose specification's schema, and by what ours must hold to. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import Ajv from 'ajv';
import { readYaml } from './yaml.mjs';

/**
 * @param {string} root
 * @param {string} file
 * @returns {string[]} one line for each finding
 */
export function checkCompose(root, file) {
  const { documents, findings } = readYaml(root, file);
  /** @type {any} */
  const compose = documents[0];
  if (!compose) return findings;
  const malformed = checkForm(compose);
  if (malformed.length > 0) return malformed.map((finding) => `${file}: ${finding}`);
  const services = /** @type {[string, any][]} */ (Object.entries(compose.services));
  return [
    ...services.flatMap(([name, service]) => checkService(name, service, compose)),
    ...checkFiles(root, file, compose, services),
  ].map((finding) => `${file}: ${finding}`);
}

/** The compose specification's schema, as the linter of compose files brings it. */
function readSchema() {
  const linter = path.dirname(createRequire(import.meta.url).resolve('dclint/package.json'));
  const schema = JSON.parse(readFileSync(path.join(linter, 'schemas/compose.schema.json'), 'utf8'));
  delete schema.$schema; // the address of its dialect is not the one that the validator knows it by
  return schema;
}

/** @param {unknown} compose */
function checkForm(compose) {
  const validate = new Ajv.default({ strict: false, validateFormats: false, allErrors: true }).compile(
    readSchema(),
  );
  if (validate(compose)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const what = 'additionalProperty' in params ? `: ${params.additionalProperty}` : '';
    return `${instancePath || '/'} ${message}${what}`;
  });
}

/**
 * @param {string} name
 * @param {any} service
 * @param {any} compose
 */
function checkService(name, service, compose) {
  const ours = service.image?.startsWith('coupon-media');
  /** @type {[holds: boolean, finding: string][]} */
  const rules = [
    [/:[^:/]+$/.test(service.image ?? '') && !/:latest$/.test(service.image), 'its image has no version'],
    [service.deploy?.resources?.limits?.memory !== undefined, 'has no limit of memory'],
    [service.security_opt?.includes('no-new-privileges:true'), 'may gain privileges'],
    [service.logging !== undefined, 'writes logs without bound'],
    [service.privileged !== true, 'is privileged'],
    [service.cap_drop?.includes('ALL') && !service.cap_add, 'has capabilities'],
    [!ours || service.read_only === true, 'is ours, and can write its root'],
    [service.read_only !== true || !isCopiedInto(service, compose), COPIED],
    [
      !ours || inSeconds(service.stop_grace_period) >= drainSeconds(service),
      'is given less time to stop than it drains',
    ],
  ];
  const wrong = rules.filter(([holds]) => !holds).map(([, finding]) => `${name} ${finding}`);
  return [...wrong, ...references(name, service, compose), ...secretsInPlain(name, service)];
}

const COPIED =
  'cannot write its root, and compose would copy a secret or a configuration into it that is no file';

/**
 * @param {any} service
 * @param {any} compose
 */
function isCopiedInto({ configs = [], secrets = [] }, compose) {
  const nameOf = (/** @type {any} */ one) => (typeof one === 'string' ? one : one.source);
  return [
    ...configs.map((/** @type {any} */ one) => compose.configs?.[nameOf(one)]),
    ...secrets.map((/** @type {any} */ one) => compose.secrets?.[nameOf(one)]),
  ].some((source) => source !== undefined && source.file === undefined);
}

/** Ten seconds for what is under way, and five to close. @param {any} service */
function drainSeconds(service) {
  return Number(service.environment?.COUPON_MEDIA_DRAIN_DELAY_SECONDS ?? 0) + 15;
}

/** @param {string | undefined} duration */
function inSeconds(duration) {
  return Number(/^(\d+)s$/.exec(duration ?? '')?.[1] ?? 0);
}

/**
 * Names that lead nowhere are not the schema's to find.
 * @param {string} name
 * @param {any} service
 * @param {any} compose
 */
function references(name, service, compose) {
  const nameOf = (/** @type {any} */ one) => (typeof one === 'string' ? one.split(':')[0] : one.source);
  const list = (/** @type {any} */ some) => (Array.isArray(some) ? some : Object.keys(some ?? {}));
  const used = [
    ...list(service.depends_on).map((one) => ['services', one]),
    ...list(service.networks).map((one) => ['networks', one]),
    ...list(service.configs).map((one) => ['configs', nameOf(one)]),
    ...list(service.secrets).map((one) => ['secrets', nameOf(one)]),
    ...list(service.volumes).map((one) => ['volumes', nameOf(one)]),
  ];
  return used
    .filter(([kind = '', one = '']) => !/^[./]/.test(one) && !(one in (compose[kind] ?? {})))
    .map(([kind, one]) => `${name} names ${one}, which is not among the ${kind}`);
}

/**
 * @param {string} name
 * @param {any} service
 */
function secretsInPlain(name, service) {
  return Object.entries(service.environment ?? {})
    .filter(
      ([key, value]) =>
        /PASSWORD$|SECRET|ACCESS_KEY|_URL$/.test(key) &&
        /:\/\/[^@$]*:[^@$]+@|^(?!.*[$:/]).+$/.test(String(value)),
    )
    .map(([key]) => `${name} has ${key} in plain text`);
}

/**
 * @param {string} root
 * @param {string} file
 * @param {any} compose
 * @param {[string, any][]} services
 */
function checkFiles(root, file, compose, services) {
  const folder = path.dirname(path.join(root, file));
  const files = Object.values(compose.configs ?? {}).map((/** @type {any} */ config) => config.file);
  const contexts = services.map(([, { build }]) => build && path.join(build.context, 'Dockerfile'));
  return [...files, ...contexts]
    .filter((one) => one && !existsSync(path.join(folder, one)))
    .map((one) => `there is no ${one}`);
}
