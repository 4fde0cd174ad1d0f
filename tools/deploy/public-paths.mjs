/** The paths that strangers may ask for: every proxy that we ship lists those that the service has for them, and no others. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readYaml } from './yaml.mjs';

/** Files that no other rule reads. */
const OTHERS = [
  'apache/httpd.conf',
  'caddy/Caddyfile',
  'lighttpd/lighttpd.conf',
  'squid/squid.conf',
  'trafficserver/remap.config',
  'varnish/default.vcl',
];

/** Images have a pattern in place of a path, in the words of each proxy. */
const IMAGES = '^/images/[0-9a-f]{64}\\.(jpg|png|bmp)';

/**
 * @param {string} root
 * @returns {string[]} one line for each finding
 */
export function checkPublicPaths(root) {
  const read = (/** @type {string} */ file) => readFileSync(path.join(root, file), 'utf8');
  const served = [
    ...matches(read('packages/apiv3/src/endpoints.ts'), /^ +path: '(.+)',$/gm),
    ...matches(read('packages/apiv3/src/certificates.ts'), /^export const CERTIFICATES_PATH = '(.+)';$/gm),
  ];
  const [ingress] = readYaml(root, 'deploy/kubernetes/ingress.yaml').documents;
  const haproxy = read('deploy/proxies/haproxy/haproxy.cfg');
  const nginx = read('deploy/proxies/nginx/nginx.conf');
  /** @type {[file: string, listed: string[], images: boolean][]} */
  const lists = [
    ...OTHERS.map((file) => written(file, read(`deploy/proxies/${file}`))),
    [
      'haproxy.cfg',
      matches(haproxy, /^ +acl public path (\S+)$/gm),
      haproxy.includes(`acl public path_reg ${IMAGES}$\n`),
    ],
    [
      'nginx.conf',
      matches(nginx, /^ +"~\^(\/(?!images).+)\(\\\?\|\$\)" 1;$/gm),
      nginx.includes(`"~${IMAGES}(\\?|$)" 1;\n`) && !/^ +default 1;\n +"~/m.test(nginx),
    ],
    ['ingress.yaml', pathsOf(ingress, 'Exact'), pathsOf(ingress, 'Prefix').join() === '/images'],
  ];
  return lists.flatMap(([file, listed, images]) => [
    ...served.filter((one) => !listed.includes(one)).map((one) => `${file}: does not let ${one} in`),
    ...listed
      .filter((one) => !served.includes(one))
      .map((one) => `${file}: lets ${one} in, which the service does not have for strangers`),
    ...(images ? [] : [`${file}: does not let images in, and nothing else by a pattern`]),
  ]);
}

/**
 * Whatever the language of a file is, its paths stand there as they are, outside of comments.
 * @param {string} file
 * @param {string} text
 * @returns {[file: string, listed: string[], images: boolean]}
 */
function written(file, text) {
  const rules = text.replace(/^\s*#.*$/gm, '');
  const listed = new Set(matches(rules, /(\/(?:v3|brand)\/[a-z/-]+)/g));
  return [
    file,
    [...listed],
    rules.includes(file.endsWith('remap.config') ? 'map /images/ ' : IMAGES.slice(1)),
  ];
}

/**
 * @param {string} text
 * @param {RegExp} pattern with one group
 */
function matches(text, pattern) {
  return [...text.matchAll(pattern)].flatMap(([, one]) => one ?? []);
}

/**
 * @param {any} ingress
 * @param {string} type
 * @returns {string[]}
 */
function pathsOf(ingress, type) {
  return (ingress?.spec.rules ?? [])
    .flatMap((/** @type {any} */ rule) => rule.http.paths)
    .filter((/** @type {any} */ one) => one.pathType === type)
    .map((/** @type {any} */ one) => one.path);
}
