/**
 * Checks Kubernetes manifests by the types that are made from Kubernetes' own OpenAPI description: each becomes a literal of its type,
 * and the compiler finds wrong values, missing fields and, as the API server would with strict validation, fields that do not exist.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root as repository } from '../setup.mjs';
import { readYaml } from './yaml.mjs';

/** The compiler, and the types: whatever folder is checked. */
const installed = path.join(repository, 'node_modules');

/** Where each kind is described. */
const KINDS = new Map([
  ['v1 Namespace', 'core/v1'],
  ['v1 ServiceAccount', 'core/v1'],
  ['v1 ConfigMap', 'core/v1'],
  ['v1 Secret', 'core/v1'],
  ['v1 Service', 'core/v1'],
  ['apps/v1 Deployment', 'apps/v1'],
  ['apps/v1 StatefulSet', 'apps/v1'],
  ['networking.k8s.io/v1 Ingress', 'networking/v1'],
  ['networking.k8s.io/v1 NetworkPolicy', 'networking/v1'],
  ['policy/v1 PodDisruptionBudget', 'policy/v1'],
  ['autoscaling/v2 HorizontalPodAutoscaler', 'autoscaling/v2'],
]);

/** Not Kubernetes' own: their form is not checked here. */
const FOREIGN = ['monitoring.coreos.com/v1 ServiceMonitor', 'kustomize.config.k8s.io/v1beta1 Kustomization'];

/** @typedef {{ file: string, kind: string, manifest: any }} Manifest */

/**
 * Whether manifests fit each other, and hold to our rules.
 * @param {string} root
 * @param {string} folder
 * @returns {string[]} one line for each finding
 */
export function checkManifests(root, folder) {
  const { files, manifests, findings } = readManifests(root, folder);
  const unknown = manifests.filter(({ kind }) => !KINDS.has(kind) && !FOREIGN.includes(kind));
  return [
    ...findings,
    ...unknown.map(({ file, kind }) => `${file}: ${kind} is no kind that is known here`),
    ...checkListed(folder, files, manifests),
    ...checkTogether(manifests),
    ...manifests.flatMap(checkPod),
  ];
}

/**
 * Whether each is what its kind may be. It starts the compiler: about a second.
 * @param {string} root
 * @param {readonly string[]} folders
 * @returns {string[]} one line for each finding
 */
export function checkManifestTypes(root, folders) {
  const manifests = folders.flatMap((folder) => readManifests(root, folder).manifests);
  return checkTypes(manifests.filter(({ kind }) => KINDS.has(kind)));
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {{ files: string[], manifests: Manifest[], findings: string[] }}
 */
function readManifests(root, folder) {
  const files = readdirSync(path.join(root, folder))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => path.posix.join(folder, file));
  const read = files.map((file) => ({ file, ...readYaml(root, file) }));
  const manifests = read.flatMap(({ file, documents }) =>
    documents.map((manifest) => ({ file, manifest, kind: `${manifest.apiVersion} ${manifest.kind}` })),
  );
  return { files, manifests, findings: read.flatMap(({ findings }) => findings) };
}

/**
 * @param {Manifest[]} manifests
 */
function checkTypes(manifests) {
  const folder = mkdtempSync(path.join(installed, '.coupon-media-manifests-'));
  try {
    manifests.forEach(({ kind, manifest }, at) => {
      const type = kind.split(' ')[1];
      const source = `import type { ${type} } from 'kubernetes-types/${KINDS.get(kind)}';\nexport const manifest: ${type} = ${JSON.stringify(manifest, null, 1)};\n`;
      writeFileSync(path.join(folder, `${at}.ts`), source);
    });
    const options = [
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--module',
      'preserve',
      '--moduleResolution',
      'bundler',
      '--pretty',
      'false',
    ];
    const sources = manifests.map((_, at) => path.join(folder, `${at}.ts`));
    const tsc = path.join(installed, 'typescript/bin/tsc');
    const run = spawnSync(process.execPath, [tsc, '--ignoreConfig', ...options, ...sources], {
      cwd: folder,
      encoding: 'utf8',
    });
    const errors = [...run.stdout.matchAll(/(?:^|[/\\])(\d+)\.ts\((\d+),\d+\): error TS\d+: (.*)$/gm)];
    if (run.status !== 0 && errors.length === 0)
      return [`the manifests could not be compiled: ${run.stdout}${run.stderr}`];
    return errors.map(([, at, , message]) => `${manifests[Number(at)]?.file}: ${message}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Every file is in the kustomization, or says in it why it is not: as a comment, or as an example.
 * @param {string} folder
 * @param {string[]} files
 * @param {Manifest[]} manifests
 */
function checkListed(folder, files, manifests) {
  const list = manifests.find(({ kind }) => kind.endsWith(' Kustomization'));
  if (!list) return [`${folder}: there is no kustomization.yaml`];
  /** @type {string[]} */
  const resources = list.manifest.resources;
  const here = files.map((file) => path.basename(file));
  const optional = (/** @type {string} */ file) =>
    file === 'kustomization.yaml' || /\.example\.|^servicemonitor/.test(file);
  return [
    ...resources.filter((file) => !here.includes(file)).map((file) => `${list.file}: there is no ${file}`),
    ...here
      .filter((file) => !resources.includes(file) && !optional(file))
      .map((file) => `${list.file}: ${file} is not among its resources`),
    ...resources
      .filter((file) => /secret/.test(file))
      .map((file) => `${list.file}: ${file} would put placeholders into a cluster`),
  ];
}

/**
 * Names lead to what is there, and labels to pods of these manifests.
 * @param {Manifest[]} manifests
 */
function checkTogether(manifests) {
  const names = new Set(manifests.map(({ manifest }) => `${manifest.kind} ${manifest.metadata?.name}`));
  const labelled = manifests.flatMap(({ manifest }) => manifest.spec?.template?.metadata?.labels ?? []);
  return manifests.flatMap(({ file, manifest: { kind, spec = {} } }) => {
    const selector = kind === 'Service' ? spec.selector : (spec.selector ?? spec.podSelector)?.matchLabels;
    const selects = labelled.some((labels) =>
      Object.entries(selector ?? {}).every(([key, value]) => labels[key] === value),
    );
    const missing = namedIn(spec).filter((name) => !names.has(name));
    return [
      ...missing.map((name) => `${file}: there is no ${name}`),
      ...(selector && !selects ? [`${file}: ${kind} selects no pod of these`] : []),
    ];
  });
}

/**
 * What a manifest needs by name: configuration, secrets, services behind an ingress, what is scaled.
 * @param {any} part
 * @returns {string[]}
 */
function namedIn(part) {
  if (part === null || typeof part !== 'object') return [];
  return Object.entries(part).flatMap(([key, value]) => {
    const kind = key === 'scaleTargetRef' ? value.kind : NAMED[key];
    return kind ? [`${kind} ${value.name}`] : namedIn(value);
  });
}

/** @type {Record<string, string>} */
const NAMED = { configMapRef: 'ConfigMap', secretRef: 'Secret', service: 'Service' };

/**
 * What the strictest of Kubernetes' profiles asks for, and probes that the service answers.
 * @param {Manifest} manifest
 */
function checkPod({ file, manifest }) {
  const pod = manifest.spec?.template?.spec;
  if (!pod?.containers) return [];
  const [container] = pod.containers;
  const context = container.securityContext ?? {};
  const asks = (/** @type {string} */ probe) => container[probe]?.httpGet?.path;
  /** @type {[holds: boolean, finding: string][]} */
  const rules = [
    [pod.containers.length === 1, 'has more than the node'],
    [pod.securityContext?.runAsNonRoot === true, 'may run as root'],
    [pod.securityContext?.seccompProfile?.type === 'RuntimeDefault', 'has no seccomp profile'],
    [pod.automountServiceAccountToken === false, 'has a token for Kubernetes, and no use for one'],
    [context.readOnlyRootFilesystem === true, 'can write its root'],
    [context.allowPrivilegeEscalation === false, 'may gain privileges'],
    [context.capabilities?.drop?.includes('ALL') === true, 'has capabilities'],
    [container.resources?.limits?.memory !== undefined, 'has no limit of memory'],
    [container.resources?.requests?.cpu !== undefined, 'asks for no processor, and cannot be scaled by it'],
    [asks('startupProbe') === '/healthz', 'its startupProbe does not ask /healthz'],
    [asks('livenessProbe') === '/healthz', 'its livenessProbe does not ask /healthz'],
    [asks('readinessProbe') === '/readyz', 'its readinessProbe does not ask /readyz'],
  ];
  return rules.filter(([holds]) => !holds).map(([, finding]) => `${file}: ${finding}`);
}
