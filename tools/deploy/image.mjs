/** What the Dockerfile must hold to: its form, who the service runs as, and that it knows every package. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { validate } from 'dockerfile-utils';
import { assignments, execForm, readStages } from './dockerfile.mjs';
import { ignoring } from './ignored.mjs';

/** @typedef {import('./dockerfile.mjs').Stage} Stage */

const FILE = 'Dockerfile';

/**
 * @param {string} root
 * @returns {string[]} one line for each finding
 */
export function checkImage(root) {
  const text = readFileSync(path.join(root, FILE), 'utf8');
  const form = validate(text).map(({ message, range }) => `${FILE}:${range.start.line + 1}: ${message}`);
  const stages = readStages(text);
  return [
    ...form,
    ...stages.flatMap((stage) => checkCopies(root, stage, stages)),
    ...checkPackages(root, stages),
    ...checkRunning(stages.at(-1)),
  ];
}

/**
 * Each file that is copied is there, and in the context; each stage that is copied from comes before.
 * @param {string} root
 * @param {Stage} stage
 * @param {Stage[]} stages
 */
function checkCopies(root, { name, steps }, stages) {
  const ignored = ignoring(readFileSync(path.join(root, '.dockerignore'), 'utf8'));
  const before = stages
    .slice(
      0,
      stages.findIndex((stage) => stage.name === name),
    )
    .map((stage) => stage.name);
  return steps.flatMap(({ keyword, flags, words, line }) => {
    if (keyword === 'ADD') return [`${FILE}:${line}: COPY does what is wanted, ADD more than that`];
    if (keyword !== 'COPY') return [];
    if (flags.from !== undefined)
      return before.includes(flags.from) ? [] : [`${FILE}:${line}: no stage ${flags.from} before`];
    return words.slice(0, -1).flatMap((file) => {
      if (!existsSync(path.join(root, file))) return [`${FILE}:${line}: there is no ${file}`];
      return ignored(file) ? [`${FILE}:${line}: .dockerignore leaves ${file} out`] : [];
    });
  });
}

/**
 * npm installs nothing where the lockfile names a workspace that is not there.
 * @param {string} root
 * @param {Stage[]} stages
 */
function checkPackages(root, stages) {
  const { workspaces } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const copied = stages.find(({ name }) => name === 'manifests')?.steps.flatMap(({ words }) => words) ?? [];
  return /** @type {string[]} */ (workspaces)
    .map((workspace) => `${workspace}/package.json`)
    .filter((manifest) => !copied.includes(manifest))
    .map((manifest) => `${FILE}: the stage "manifests" has to copy ${manifest}, or npm ci ends there`);
}

/** @param {Stage | undefined} stage the last */
function checkRunning(stage) {
  const steps = new Map(stage?.steps.map((step) => [step.keyword, step]));
  const environment = (stage?.steps ?? []).filter(({ keyword }) => keyword === 'ENV').map(assignments);
  const secret = environment
    .flatMap(Object.keys)
    .filter((name) => /SECRET|PASSWORD|TOKEN|_KEY|_URL/.test(name));
  const command = [...(execForm(steps.get('ENTRYPOINT')) ?? []), ...(execForm(steps.get('CMD')) ?? [])];
  const health = execForm(steps.get('HEALTHCHECK'));
  /** @type {[holds: boolean, finding: string][]} */
  const rules = [
    [/^[1-9]\d*:[1-9]\d*$/.test(steps.get('USER')?.text ?? ''), 'USER is not two numbers other than root’s'],
    [
      command.join(' ') === 'coupon-media serve',
      'ENTRYPOINT and CMD, in the exec form, are not coupon-media serve',
    ],
    [steps.get('STOPSIGNAL')?.text === 'SIGTERM', 'STOPSIGNAL is not SIGTERM, by which the service drains'],
    [
      health?.[0] === 'node' && health.join(' ').includes('/healthz'),
      'HEALTHCHECK does not ask /healthz by node itself',
    ],
    [secret.length === 0, `ENV has ${secret.join(', ')}: secrets come when it runs`],
  ];
  return rules.filter(([holds]) => !holds).map(([, finding]) => `${FILE}: ${finding}`);
}
