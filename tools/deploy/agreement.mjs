/** Numbers and paths that stand in several files, and must be the same in all of them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readImage } from './image.mjs';
import { checkPublicPaths } from './public-paths.mjs';
import { settings } from './settings.mjs';
import { readYaml } from './yaml.mjs';

/**
 * @param {string} root
 * @returns {string[]} one line for each finding
 */
export function checkAgreement(root) {
  const read = (/** @type {string} */ file) => readFileSync(path.join(root, file), 'utf8');
  const { environment: image, instruction } = readImage(root);
  const server = read('packages/server/src/http/server.ts');
  const health = read('packages/server/src/http/health.ts');
  const balancer = read('deploy/proxies/haproxy/haproxy.cfg');
  const compose = readYaml(root, 'deploy/compose/compose.yaml').documents[0]?.services?.['node-1'];
  const [deployment] = readYaml(root, 'deploy/kubernetes/deployment.yaml').documents;
  const [config] = readYaml(root, 'deploy/kubernetes/configmap.yaml').documents;
  const [autoscaler] = readYaml(root, 'deploy/kubernetes/horizontalpodautoscaler.yaml').documents;
  const [controller] = readYaml(root, 'deploy/kubernetes/ingress-controller.example.yaml').documents;
  if (!compose || !deployment || !config || !autoscaler || !controller) return []; // told by whoever reads them
  const pod = deployment.spec.template;
  const [container] = pod.spec.containers;
  const port = (/** @type {string} */ name) =>
    container.ports.find((/** @type {any} */ one) => one.name === name)?.containerPort;
  const idle = Number(server.match(/keepAliveTimeout: ([\d_]+)/)?.[1]?.replaceAll('_', '')) / 1000;
  const headers = Number(server.match(/headersTimeout: ([\d_]+)/)?.[1]?.replaceAll('_', '')) / 1000;
  const checks = Number(balancer.match(/inter (\d+)s/)?.[1]) * Number(balancer.match(/fall (\d+)/)?.[1]);
  const readiness = container.readinessProbe;
  const metrics = config.data.COUPON_MEDIA_METRICS_PORT;

  /** @type {[holds: boolean, finding: string][]} */
  const rules = [
    [
      image.COUPON_MEDIA_PORT === settings.get('COUPON_MEDIA_PORT'),
      'Dockerfile: its port is not the service’s default',
    ],
    [port('http') === Number(image.COUPON_MEDIA_PORT), 'deployment.yaml: port http is not the image’s'],
    [
      ['service-cli', 'cluster', 'relay'].every((name) =>
        read('Dockerfile').includes(` --workspace @coupon-media/${name} `),
      ),
      'Dockerfile: does not install all that deploy/ runs',
    ],
    [
      instruction('USER') === `${pod.spec.securityContext.runAsUser}:${pod.spec.securityContext.runAsGroup}`,
      'deployment.yaml: does not run as the image’s user',
    ],
    [
      balancer.includes(`node-1:${image.COUPON_MEDIA_PORT}}`),
      'haproxy.cfg: the nodes’ port is not the image’s',
    ],
    ...['/healthz', '/readyz'].map(
      /** @returns {[boolean, string]} */ (probe) => [
        health.includes(`'${probe}'`),
        `the service has no ${probe}`,
      ],
    ),
    [port('metrics') === Number(metrics), 'deployment.yaml: port metrics is not the one of configmap.yaml'],
    [
      pod.metadata.annotations['prometheus.io/port'] === metrics,
      'deployment.yaml: what is scraped is not the port of configmap.yaml',
    ],
    [
      mounted(container, image.COUPON_MEDIA_UPLOAD_TEMP_DIR ?? ''),
      'deployment.yaml: no volume at the image’s COUPON_MEDIA_UPLOAD_TEMP_DIR',
    ],
    [
      compose.tmpfs.some((/** @type {string} */ mount) =>
        mount.startsWith(`${image.COUPON_MEDIA_UPLOAD_TEMP_DIR}:`),
      ),
      'compose.yaml: no tmpfs at the image’s COUPON_MEDIA_UPLOAD_TEMP_DIR',
    ],
    [
      limit(balancer, 'http-keep-alive') < idle,
      `haproxy.cfg: idle connections are closed later than by the node, at ${idle} s`,
    ],
    [
      limit(balancer, 'http-request') > headers,
      `haproxy.cfg: headers are waited for no longer than by the node, ${headers} s`,
    ],
    [
      limit(balancer, 'client') > Number(settings.get('COUPON_MEDIA_MIN_RATE_WINDOW_SECONDS')),
      'haproxy.cfg: slow clients are cut off before the node does',
    ],
    [
      limit(balancer, 'server') > limit(balancer, 'client'),
      'haproxy.cfg: a node that waits for a slow client is taken to be silent before the client is',
    ],
    [
      Number(balancer.match(/ maxconn (\d+) resolvers/)?.[1]) <
        Number(settings.get('COUPON_MEDIA_MAX_CONNECTIONS')),
      'haproxy.cfg: a node is given more connections than it takes',
    ],
    // Contract 3.2: header names keep their letter case, which HTTP/2 does not have.
    [
      (balancer.match(/\bbind .*/g) ?? []).every(
        (bind) => bind.includes(' proto h1') && !/\bh2\b/.test(bind),
      ),
      'haproxy.cfg: a bind line lets HTTP/2 in',
    ],
    [
      /^ +option h1-case-adjust-bogus-client$/m.test(balancer),
      'haproxy.cfg: header names leave in lower case',
    ],
    [
      controller.data['use-http2'] === 'false',
      'ingress-controller.example.yaml: the controller offers HTTP/2',
    ],
    [
      Number(compose.environment.COUPON_MEDIA_DRAIN_DELAY_SECONDS) > checks,
      `compose.yaml: the drain delay is not longer than the ${checks} s that the balancer takes to see it`,
    ],
    [
      Number(config.data.COUPON_MEDIA_DRAIN_DELAY_SECONDS) >
        readiness.periodSeconds * readiness.failureThreshold,
      'configmap.yaml: the drain delay is not longer than readiness takes',
    ],
    [
      pod.spec.terminationGracePeriodSeconds >= Number(config.data.COUPON_MEDIA_DRAIN_DELAY_SECONDS) + 15,
      'deployment.yaml: less time to end than the drain takes',
    ],
    [autoscaler.spec.minReplicas >= 2, 'horizontalpodautoscaler.yaml: fewer than two nodes'],
    [deployment.spec.replicas === undefined, 'deployment.yaml: replicas are the autoscaler’s to say'],
  ];
  return [...rules.filter(([holds]) => !holds).map(([, finding]) => finding), ...checkPublicPaths(root)];
}

/**
 * @param {any} container
 * @param {string} where
 */
function mounted({ volumeMounts }, where) {
  return volumeMounts.some((/** @type {any} */ mount) => mount.mountPath === where);
}

/**
 * @param {string} config of HAProxy
 * @param {string} name of a timeout
 * @returns {number} seconds
 */
function limit(config, name) {
  return Number(config.match(new RegExp(`^ *timeout ${name} (\\d+)s$`, 'm'))?.[1]);
}
