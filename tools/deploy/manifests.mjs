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
 * What one manifest says of another: labels that select, ports that are named, what the environment comes from.
 * @param {Manifest[]} manifests
 */
function checkTogether(manifests) {
  const pods = manifests.filter(({ manifest }) => manifest.spec?.template?.spec?.containers);
  const names = new Set(manifests.map(({ manifest }) => `${manifest.kind} ${manifest.metadata?.name}`));
  /** @type {string[]} */
  const findings = [];
  const policies = manifests.filter(({ manifest }) => manifest.kind === 'NetworkPolicy');
  const selects =
    (/** @type {any} */ { spec }) =>
    (/** @type {Manifest} */ { manifest }) =>
      Object.entries(manifest.spec.podSelector.matchLabels).every(
        ([key, value]) => spec.template.metadata.labels[key] === value,
      );
  const selected = (/** @type {any} */ labels) =>
    pods.find(({ manifest }) =>
      Object.entries(labels).every(([key, value]) => manifest.spec.template.metadata.labels[key] === value),
    );
  for (const { file, manifest } of manifests) {
    const { kind, spec = {} } = manifest;
    const labels =
      kind === 'Service' ? spec.selector : (spec.selector?.matchLabels ?? spec.podSelector?.matchLabels);
    if (labels && !selected(labels)) findings.push(`${file}: ${kind} selects no pod of these`);
    const ports = new Set(
      (selected(labels ?? {})?.manifest.spec.template.spec.containers ?? []).flatMap(
        (/** @type {any} */ one) => one.ports.map((/** @type {any} */ port) => port.name),
      ),
    );
    for (const port of portsOf(manifest)) {
      if (typeof port === 'string' && !ports.has(port))
        findings.push(`${file}: ${kind} names port ${port}, which its pods do not have`);
    }
    const target = spec.scaleTargetRef;
    if (spec.template?.spec?.containers && !policies.some(selects(manifest)))
      findings.push(`${file}: no NetworkPolicy says who may reach its pods`);
    if (target && !names.has(`${target.kind} ${target.name}`))
      findings.push(`${file}: there is no ${target.kind} ${target.name}`);
    for (const { backend } of (spec.rules ?? []).flatMap((/** @type {any} */ rule) => rule.http.paths)) {
      if (!names.has(`Service ${backend.service.name}`))
        findings.push(`${file}: there is no Service ${backend.service.name}`);
    }
    for (const source of (spec.template?.spec?.containers ?? []).flatMap(
      (/** @type {any} */ one) => one.envFrom ?? [],
    )) {
      const wanted = source.configMapRef
        ? `ConfigMap ${source.configMapRef.name}`
        : `Secret ${source.secretRef.name}`;
      if (!names.has(wanted)) findings.push(`${file}: there is no ${wanted}`);
    }
  }
  return findings;
}

/** @param {any} manifest */
function portsOf({ kind, spec = {} }) {
  if (kind === 'Service') return spec.ports.map((/** @type {any} */ port) => port.targetPort);
  if (kind !== 'NetworkPolicy') return [];
  return spec.ingress.flatMap((/** @type {any} */ rule) =>
    rule.ports.map((/** @type {any} */ port) => port.port),
  );
}

/**
 * What the strictest of Kubernetes' profiles asks for, and probes that the service answers.
 * @param {Manifest} manifest
 */
function checkPod({ file, manifest }) {
  const pod = manifest.spec?.template?.spec;
  if (!pod?.containers) return [];
  const context = pod.securityContext ?? {};
  /** @type {[holds: boolean, finding: string][]} */
  const rules = [
    [context.runAsNonRoot === true && context.runAsUser === 10001, 'does not run as the image’s user'],
    [context.seccompProfile?.type === 'RuntimeDefault', 'has no seccomp profile'],
    [pod.automountServiceAccountToken === false, 'has a token for Kubernetes, and no use for one'],
    ...pod.containers.flatMap((/** @type {any} */ container) => containerRules(container, pod)),
  ];
  return rules.filter(([holds]) => !holds).map(([, finding]) => `${file}: ${finding}`);
}

/**
 * @param {any} container
 * @param {any} pod
 * @returns {[holds: boolean, finding: string][]}
 */
function containerRules(
  { name, securityContext: context = {}, resources, volumeMounts = [], ports, ...container },
  pod,
) {
  const probes = { startupProbe: '/healthz', livenessProbe: '/healthz', readinessProbe: '/readyz' };
  const volumes = [...(pod.volumes ?? []).map((/** @type {any} */ one) => one.name), 'data'];
  return [
    [context.readOnlyRootFilesystem === true, `${name} can write its root`],
    [context.allowPrivilegeEscalation === false, `${name} may gain privileges`],
    [context.capabilities?.drop?.includes('ALL') === true, `${name} has capabilities`],
    [quantity(resources?.requests?.memory) > 0, `${name} asks for no memory`],
    [
      quantity(resources?.limits?.memory) >= quantity(resources?.requests?.memory),
      `${name} is limited to less memory than it asks for`,
    ],
    [quantity(resources?.requests?.cpu) > 0, `${name} asks for no processor, and cannot be scaled by it`],
    ...Object.entries(probes).map(
      /** @returns {[boolean, string]} */ ([probe, path]) => [
        container[probe]?.httpGet?.path === path,
        `${name}: its ${probe} does not ask ${path}`,
      ],
    ),
    [
      ports.some((/** @type {any} */ port) => port.name === 'http' && port.containerPort === 8787),
      `${name} has no port http, 8787`,
    ],
    ...volumeMounts.map(
      /** @returns {[boolean, string]} */ (/** @type {any} */ mount) => [
        volumes.includes(mount.name),
        `${name} mounts ${mount.name}, which is no volume`,
      ],
    ),
  ];
}

/**
 * @param {unknown} text such as 384Mi, 1, 500m
 * @returns {number} NaN where it is none
 */
export function quantity(text) {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/.exec(String(text)) ?? [];
  return number === undefined ? Number.NaN : Number(number) * (UNITS[unit] ?? Number.NaN);
}

/** @type {Record<string, number>} */
const UNITS = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};
