import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkDeploy, checkDeployRules } from '../check-deploy.mjs';
import { checkManifestTypes } from '../deploy/manifests.mjs';
import { root } from '../setup.mjs';

const COPIED = [
  'deploy',
  'Dockerfile',
  '.dockerignore',
  'docs/OPERATIONS.md',
  'docs/SCALING.md',
  'package.json',
  'packages/apiv3/src',
  'packages/server/src',
];
const LINKED = ['package-lock.json', 'tsconfig.json', 'tsconfig.base.json', 'LICENSE'];

test('what is deployed fits the service', () => {
  expect(checkDeploy(root)).toEqual([]);
});

/** A fault, put in by replacing a text in a file, and a part of what is then said. */
const FAULTS: [fault: string, file: string, from: string | RegExp, to: string, said: string][] = [
  ['an unknown instruction', 'Dockerfile', 'STOPSIGNAL SIGTERM', 'STOPSIGNALS SIGTERM', 'STOPSIGNALS'],
  ['root', 'Dockerfile', 'USER 10001:10001', 'USER root', 'USER is not two numbers'],
  ['the shell form', 'Dockerfile', /ENTRYPOINT .*/, 'ENTRYPOINT coupon-media', 'exec form'],
  ['core dumps', 'Dockerfile', 'ulimit -c 0 && ', '', 'without core dumps'],
  [
    'a secret in the image',
    'Dockerfile',
    'ENV NODE_ENV',
    'ENV AWS_SECRET_ACCESS_KEY=x NODE_ENV',
    'AWS_SECRET_ACCESS_KEY',
  ],
  [
    'a forgotten package',
    'Dockerfile',
    /COPY packages\/client\/package.*\n/,
    '',
    'has to copy packages/client/package.json',
  ],
  ['an image without the relay', 'Dockerfile', ' --workspace @coupon-media/relay', '', 'does not install'],
  ['a file outside of the context', '.dockerignore', '!LICENSE', '', 'leaves LICENSE out'],
  [
    'HTTP/2 in front',
    'deploy/proxies/haproxy/haproxy.cfg',
    'alpn http/1.1',
    'alpn h2,http/1.1',
    'lets HTTP/2 in',
  ],
  [
    'header names in lower case',
    'deploy/proxies/haproxy/haproxy.cfg',
    /^ +option h1-case.*\n/m,
    '',
    'in lower case',
  ],
  [
    'an upload that is kept out',
    'deploy/proxies/haproxy/haproxy.cfg',
    /^ +acl public path \/brand.*\n/m,
    '',
    'does not let /brand/marketing',
  ],
  [
    'readiness let in',
    'deploy/proxies/haproxy/haproxy.cfg',
    'public path /v3/certificates',
    'public path /readyz',
    'lets /readyz in',
  ],
  [
    'metrics let in by nginx',
    'deploy/proxies/nginx/nginx.conf',
    '/v3/certificates(',
    '/metrics(',
    'nginx.conf: lets /metrics in',
  ],
  ['all of a folder let in', 'deploy/kubernetes/ingress.yaml', '/images\n', '/\n', 'does not let images in'],
  [
    'HTTP/2 at the ingress',
    'deploy/kubernetes/ingress-controller.example.yaml',
    '"false"',
    '"true"',
    'offers HTTP/2',
  ],
  [
    'an unknown setting',
    'deploy/compose/compose.yaml',
    'COUPON_MEDIA_S3_BUCKET:',
    'COUPON_MEDIA_BUCKET:',
    'no COUPON_MEDIA_BUCKET',
  ],
  [
    'an unknown key',
    'deploy/compose/compose.yaml',
    'shm_size:',
    'shm_sise:',
    'additional properties: shm_sise',
  ],
  [
    'a password in plain text',
    'deploy/compose/compose.yaml',
    /\$\{REDIS_PASSWORD:\?run up.sh\}@/,
    'secret@',
    'REDIS_URL in plain text',
  ],
  [
    'a writable root',
    'deploy/compose/compose.yaml',
    'read_only: true\n  cap_drop',
    'read_only: false\n  cap_drop',
    'can write its root',
  ],
  [
    'capabilities of an engine',
    'deploy/compose/compose.yaml',
    /( {2}s3:\n(?: .*\n)*?) +cap_drop: \[ALL\]\n/,
    '$1',
    's3 has capabilities',
  ],
  [
    'too little time to stop',
    'deploy/compose/compose.yaml',
    'stop_grace_period: 20s',
    'stop_grace_period: 5s',
    'less time to stop',
  ],
  ['a key twice', 'deploy/compose/one-node.yaml', 'services:', 'volumes: {}\nservices:', 'unique'],
  [
    'labels that select nothing',
    'deploy/kubernetes/service.yaml',
    'component: node',
    'component: nodes',
    'Service selects no pod',
  ],
  [
    'another user',
    'deploy/kubernetes/deployment.yaml',
    'runAsUser: 10001',
    'runAsUser: 0',
    'the image’s user',
  ],
  [
    'a wrong probe',
    'deploy/kubernetes/deployment.yaml',
    'path: /readyz',
    'path: /ready',
    'does not ask /readyz',
  ],
  [
    'a forgotten manifest',
    'deploy/kubernetes/kustomization.yaml',
    '  - ingress.yaml\n',
    '',
    'ingress.yaml is not among',
  ],
  [
    'placeholders applied',
    'deploy/kubernetes/kustomization.yaml',
    '  - ingress.yaml',
    '  - ingress.yaml\n  - secret.example.yaml',
    'placeholders',
  ],
  [
    'a drain that nobody sees',
    'deploy/kubernetes/configmap.yaml',
    'DRAIN_DELAY_SECONDS: "10"',
    'DRAIN_DELAY_SECONDS: "1"',
    'the drain delay',
  ],
  ['another port of metrics', 'deploy/kubernetes/configmap.yaml', '"9464"', '"9465"', 'port metrics'],
  [
    'idle longer than the node',
    'deploy/proxies/haproxy/haproxy.cfg',
    'http-keep-alive 60s',
    'http-keep-alive 75s',
    'idle connections',
  ],
  [
    'a setting not explained',
    'docs/OPERATIONS.md',
    /\| `COUPON_MEDIA_QUOTA_PER_SECOND` .*\n/,
    '',
    "its table of settings is not the code's",
  ],
  [
    'a default that is not',
    'docs/OPERATIONS.md',
    '| `COUPON_MEDIA_QUOTA_PER_SECOND` | `20` |',
    '| `COUPON_MEDIA_QUOTA_PER_SECOND` | `30` |',
    "its table of settings is not the code's",
  ],
];

/** Faults that the types of Kubernetes' API tell. */
const WRONG_TYPES: typeof FAULTS = [
  [
    'an unknown field',
    'deploy/kubernetes/deployment.yaml',
    'enableServiceLinks:',
    'enableServiceLink:',
    'enableServiceLink',
  ],
  [
    'text for a number',
    'deploy/kubernetes/service.yaml',
    'port: 80,',
    'port: "80",',
    "'string' is not assignable to type 'number'",
  ],
  ['a missing field', 'deploy/kubernetes/horizontalpodautoscaler.yaml', 'maxReplicas: 8', '', 'maxReplicas'],
];

test.each(FAULTS)('%s is found', async (...fault) => {
  expect(checkDeployRules(await copiedWith([fault])).join('\n')).toContain(fault[4]);
});

test('wrong types, missing and unknown fields of manifests are found', async () => {
  const copy = await copiedWith(WRONG_TYPES);
  const found = checkManifestTypes(copy, ['deploy/kubernetes']).join('\n');
  for (const [, , , , said] of WRONG_TYPES) expect(found).toContain(said);
});

/** The files that are checked, in a folder of the test's own, with these faults. */
async function copiedWith(faults: typeof FAULTS): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'coupon-media-deploy-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const name of COPIED) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await cp(path.join(root, name), path.join(folder, name), { recursive: true });
  }
  for (const name of LINKED) await symlink(path.join(root, name), path.join(folder, name));
  for (const name of ['apiv3', 'cli', 'client', 'prepare', 'sandbox', 'server', 'service-cli']) {
    const target = path.join(folder, 'packages', name);
    await mkdir(target, { recursive: true });
    await cp(path.join(root, 'packages', name, 'package.json'), path.join(target, 'package.json'));
  }
  for (const [, file, from, to] of faults) {
    const target = path.join(folder, file);
    const text = await readFile(target, 'utf8');
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    await writeFile(target, changed);
  }
  return folder;
}
