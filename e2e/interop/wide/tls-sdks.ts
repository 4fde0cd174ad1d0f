import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { copied, execute, java, type Sdk, sdks } from './sdks.js';

/** Node.js 24, as npm has it: the first line of versions that reads HTTPS_PROXY by itself. */
const NODE_24 = 'node@24.11.1';

/**
 * What runs against `coupon-media sandbox --tls`: every SDK with its hosts compiled in, given a proxy and a CA from outside and nothing else.
 *
 * @param php the folder of an `autoload.php` for wechatpay-php 1.4.12, which none of the registries has; undefined: it is not run
 */
export function tlsSdks(php: string | undefined): readonly Sdk[] {
  return [
    ...sdks,
    java('WxJava', 'WxJava (weixin-java-pay)', 'com.github.binarywang:weixin-java-pay:4.7.9-20251224.161447'),
    npm('wechatpay-axios-plugin', '0.9.6'),
    npm('node-easywechat', '3.6.2', { 'node-socialite': '1.4.1' }),
    ...(php === undefined ? [] : [wechatpayPhp(path.resolve(php, 'autoload.php'))]),
  ];
}

function npm(name: string, version: string, overrides: Readonly<Record<string, string>> = {}): Sdk {
  return {
    sdk: name,
    version: `${version}, Node.js ${NODE_24.split('@')[1]}`,
    certificates: '',
    async prepare(cache) {
      const folder = copied(cache, 'npm-sdks');
      const names = [`${name}@${version}`, NODE_24];
      const dependencies = Object.fromEntries(names.map((each) => each.split('@')));
      const own = path.join(folder, name);
      await execute('mkdir', ['-p', own], folder);
      writeFileSync(
        path.join(own, 'package.json'),
        JSON.stringify({ private: true, dependencies, overrides }),
      );
      await execute('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock'], own);
      await execute('cp', ['given.mjs', `${name}.mjs`, own], folder);
      return (port, { file }) => ({
        command: [path.join(own, 'node_modules/.bin/node'), path.join(own, `${name}.mjs`)],
        environment: {
          ...{ HTTPS_PROXY: `http://127.0.0.1:${port}`, NODE_USE_ENV_PROXY: '1' },
          NODE_EXTRA_CA_CERTS: file,
        },
      });
    },
  };
}

function wechatpayPhp(autoload: string): Sdk {
  return {
    sdk: 'wechatpay-php',
    version: '1.4.12',
    certificates: '',
    async prepare(cache) {
      const folder = copied(cache, 'php-sdk');
      return (port, { file }) => ({
        command: [
          'php',
          '-d',
          `curl.cainfo=${file}`,
          '-d',
          `openssl.cafile=${file}`,
          `${folder}/wechatpay.php`,
        ],
        environment: { HTTPS_PROXY: `http://127.0.0.1:${port}`, AUTOLOAD: autoload },
      });
    },
  };
}
