/**
 * Whether what deploys the service fits the service, and is well-formed: the Dockerfile, compose files, Kubernetes manifests, and the
 * variables and ports that they and docs/OPERATIONS.md name. No engine of any of them is needed. `npm run check` runs it.
 * Usage: node tools/check-deploy.mjs [FOLDER]
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkAgreement } from './deploy/agreement.mjs';
import { checkCompose } from './deploy/compose.mjs';
import { checkImage } from './deploy/image.mjs';
import { checkManifests, checkManifestTypes } from './deploy/manifests.mjs';
import { checkSettings } from './deploy/settings.mjs';

const COMPOSE = ['compose', 'one-node', 'relay'].map((name) => `deploy/compose/${name}.yaml`);
/** Documents that name variables. */
const SETTINGS_NAMED = ['docs/OPERATIONS.md', 'docs/SCALING.md'];
const MANIFESTS = ['deploy/kubernetes', 'deploy/kubernetes/one-folder', 'deploy/kubernetes/relay'];

/**
 * @param {string} root the repository's folder
 * @returns {string[]} one line for each finding
 */
export function checkDeploy(root) {
  return [...checkDeployRules(root), ...checkManifestTypes(root, MANIFESTS)];
}

/**
 * All that takes no compiler.
 * @param {string} root
 * @returns {string[]}
 */
export function checkDeployRules(root) {
  const deployed = readdirSync(path.join(root, 'deploy'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== '.env')
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
  return [
    ...checkImage(root),
    ...COMPOSE.flatMap((file) => checkCompose(root, file)),
    ...MANIFESTS.flatMap((folder) => checkManifests(root, folder)),
    ...checkSettings(root, ['Dockerfile', ...SETTINGS_NAMED, ...deployed]),
    ...checkAgreement(root),
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const findings = checkDeploy(path.resolve(process.argv[2] ?? path.dirname(import.meta.dirname)));
  for (const finding of findings) process.stdout.write(`${finding}\n`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}
