/** What the Dockerfile must hold to: its form, that it copies what is there, and who the service runs as. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DockerfileParser } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';

const FILE = 'Dockerfile';

/** The shell sets the limit and is replaced by the command, which so receives signals itself. */
const ENTRYPOINT = String.raw`["sh", "-c", "ulimit -c 0 && exec coupon-media \"$@\"", "coupon-media"]`;

/**
 * @param {string} root
 * @returns {string[]} one line for each finding
 */
export function checkImage(root) {
  const text = readFileSync(path.join(root, FILE), 'utf8');
  const form = validate(text).map(({ message, range }) => `line ${range.start.line + 1}: ${message}`);
  return [...form, ...checkCopies(root, text), ...checkRunning(root)].map((finding) => `${FILE}: ${finding}`);
}

/**
 * What the image says of how it runs.
 * @param {string} root
 * @returns {{ environment: Record<string, string>, instruction: (keyword: string) => string }} variables that it sets, and the
 *   arguments of the last instruction of a kind; empty where there is none
 */
export function readImage(root) {
  const dockerfile = DockerfileParser.parse(readFileSync(path.join(root, FILE), 'utf8'));
  const last = dockerfile.getFROMs().at(-1)?.getRange().start.line ?? 0;
  const instructions = dockerfile.getInstructions().filter((each) => each.getRange().start.line > last);
  const variables = dockerfile
    .getENVs()
    .filter((each) => each.getRange().start.line > last)
    .flatMap((each) => each.getProperties());
  return {
    environment: Object.fromEntries(variables.map((each) => [each.getName(), each.getValue() ?? ''])),
    instruction: (keyword) =>
      instructions.findLast((each) => each.getKeyword() === keyword)?.getArgumentsContent() ?? '',
  };
}

/**
 * Each file that is copied is there and in the context, of which .dockerignore lists what is in it; and npm installs nothing
 * where the lockfile names a workspace that is not there.
 * @param {string} root
 * @param {string} text
 */
function checkCopies(root, text) {
  /** @type {string[]} */
  const context = readFileSync(path.join(root, '.dockerignore'), 'utf8').match(/^!.+$/gm) ?? [];
  const copied = DockerfileParser.parse(text)
    .getCOPYs()
    .filter((copy) => !copy.getFromFlag())
    .flatMap((copy) => copy.getArguments().slice(0, -1))
    .map((argument) => argument.getValue());
  const { workspaces } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const manifests = workspaces.map((/** @type {string} */ workspace) => `${workspace}/package.json`);
  return [
    ...copied.filter((file) => !existsSync(path.join(root, file))).map((file) => `there is no ${file}`),
    ...copied
      .filter((file) => !context.includes(`!${file.split('/')[0]}`))
      .map((file) => `.dockerignore leaves ${file} out`),
    ...manifests
      .filter((/** @type {string} */ manifest) => !copied.includes(manifest))
      .map((/** @type {string} */ manifest) => `has to copy ${manifest}, or npm ci ends there`),
  ];
}

/** @param {string} root */
function checkRunning(root) {
  const { environment, instruction } = readImage(root);
  const secrets = Object.keys(environment).filter((name) => /SECRET|PASSWORD|TOKEN|_KEY|_URL/.test(name));
  /** @type {[holds: boolean, finding: string][]} */
  const rules = [
    [/^[1-9]\d*:[1-9]\d*$/.test(instruction('USER')), 'USER is not two numbers other than root’s'],
    [
      instruction('ENTRYPOINT') === ENTRYPOINT,
      'ENTRYPOINT, in the exec form, is not coupon-media without core dumps',
    ],
    [instruction('CMD') === '["serve"]', 'CMD, in the exec form, is not serve'],
    [instruction('STOPSIGNAL') === 'SIGTERM', 'STOPSIGNAL is not SIGTERM, by which the service drains'],
    [
      /^CMD \["node".*\/healthz/.test(instruction('HEALTHCHECK')),
      'HEALTHCHECK does not ask /healthz by node',
    ],
    [secrets.length === 0, `ENV has ${secrets.join(', ')}: secrets come when it runs`],
  ];
  return rules.filter(([holds]) => !holds).map(([, finding]) => finding);
}
