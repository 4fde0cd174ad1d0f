/** Checks compose files: by the compose specification's schema, and by what ours must hold to. */
import { readFileSync } from 'node:fs';
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
  return services
    .flatMap(([name, service]) => checkService(name, service))
    .map((finding) => `${file}: ${finding}`);
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
 * What every container of ours is held to, engines too.
 * @param {string} name
 * @param {any} service
 */
function checkService(name, service) {
  const ours = service.image?.startsWith('coupon-media');
  const plain = Object.entries(service.environment ?? {}).filter(([, value]) => PASSWORD.test(String(value)));
  /** @type {[holds: boolean, finding: string][]} */
  const rules = [
    [/:[^:/]+$/.test(service.image ?? '') && !/:latest$/.test(service.image), 'its image has no version'],
    [service.deploy?.resources?.limits?.memory !== undefined, 'has no limit of memory'],
    [service.security_opt?.includes('no-new-privileges:true'), 'may gain privileges'],
    [service.cap_drop?.includes('ALL') && !service.cap_add && !service.privileged, 'has capabilities'],
    [service.logging !== undefined, 'writes logs without bound'],
    [!ours || service.read_only === true, 'is ours, and can write its root'],
    [
      !ours || inSeconds(service.stop_grace_period) >= drainSeconds(service),
      'has less time to stop than it drains',
    ],
    [plain.length === 0, `has ${plain.map(([key]) => key).join(', ')} in plain text`],
  ];
  return rules.filter(([holds]) => !holds).map(([, finding]) => `${name} ${finding}`);
}

/** A password in an address that is no variable. */
const PASSWORD = /:\/\/[^@$]*:[^@$]+@/;

/** Ten seconds for what is under way, and five to close. @param {any} service */
function drainSeconds(service) {
  return Number(service.environment?.COUPON_MEDIA_DRAIN_DELAY_SECONDS ?? 0) + 15;
}

/** @param {string | undefined} duration */
function inSeconds(duration) {
  return Number(/^(\d+)s$/.exec(duration ?? '')?.[1] ?? 0);
}
