import type { Sandbox } from '@coupon-media/sandbox';
import type { ServiceKey, ServiceSay } from '../messages/messages.js';

type Tls = NonNullable<Sandbox['tls']>;

/** Who is told what to set, in which lines, and with which remark below them. */
type Row = readonly [who: string, lines: (tls: Quoted) => readonly string[], remark?: ServiceKey];

interface Quoted {
  readonly ca: string;
  /** Where the keytool line puts Java's trust store. */
  readonly store: string;
  readonly proxy: string;
  readonly proxyPort: string;
}

const ROWS: readonly Row[] = [
  [
    'Node.js',
    ({ ca, proxy }) => [`NODE_EXTRA_CA_CERTS=${ca} NODE_USE_ENV_PROXY=1 HTTPS_PROXY=${proxy} node APP.js`],
    'sandbox.tls.node',
  ],
  [
    'Java',
    ({ ca, store, proxyPort }) => [
      `keytool -importcert -noprompt -alias coupon-media -file ${ca} -keystore ${store} -storetype PKCS12 -storepass changeit`,
      `java -Djavax.net.ssl.trustStore=${store} -Djavax.net.ssl.trustStorePassword=changeit -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=${proxyPort} -jar APP.jar`,
    ],
    'sandbox.tls.java',
  ],
  ['Go', ({ ca, proxy }) => [`SSL_CERT_FILE=${ca} HTTPS_PROXY=${proxy} ./APP`], 'sandbox.tls.go'],
  [
    'PHP',
    ({ ca, proxy }) => [`HTTPS_PROXY=${proxy} php -d curl.cainfo=${ca} -d openssl.cafile=${ca} APP.php`],
    'sandbox.tls.php',
  ],
  [
    'Python',
    ({ ca, proxy }) => [`REQUESTS_CA_BUNDLE=${ca} SSL_CERT_FILE=${ca} HTTPS_PROXY=${proxy} python3 APP.py`],
  ],
  ['.NET', ({ ca, proxy }) => [`SSL_CERT_FILE=${ca} HTTPS_PROXY=${proxy} dotnet run`], 'sandbox.tls.dotnet'],
  ['curl', ({ ca, proxy }) => [`curl --proxy ${proxy} --cacert ${ca} https://api.mch.weixin.qq.com/…`]],
];

/** What a person at the sandbox is told of TLS: where it is, what each language is given, and what is left alone. */
export function tlsLines(tls: Tls, say: ServiceSay): string[] {
  const { caPath, proxyUrl, hosts, until, port, not443 } = tls;
  const quoted = {
    ca: quotedForShell(caPath),
    store: quotedForShell(caPath.replace(/ca\.pem$/, 'truststore.p12')),
    proxy: proxyUrl,
    proxyPort: new URL(proxyUrl).port,
  };
  const rows = ROWS.flatMap(([who, lines, remark]) => [
    ...lines(quoted).map((line, index) => `  ${(index === 0 ? who : '').padEnd(9)}${line}`),
    ...(remark ? [`  ${' '.repeat(9)}${say(remark)}`] : []),
  ]);
  return [
    say('sandbox.tls.title', { hosts: hosts.join(', ') }),
    `  ${say('sandbox.tls.proxy', { proxy: proxyUrl })}`,
    `  ${say('sandbox.tls.ca', { file: caPath, day: until.toISOString().slice(0, 10) })}`,
    `  ${say('sandbox.tls.port', { port })}`,
    ...(not443 ? [`  ${say(NOT_443[not443], { port })}`] : []),
    '',
    ...rows,
    '',
    `  ${say('sandbox.tls.others')}`,
    `  ${say('sandbox.tls.signOnly')}`,
    `  ${say('sandbox.tls.leftAlone')}`,
    '',
  ];
}

const NOT_443: Readonly<Record<NonNullable<Tls['not443']>, ServiceKey>> = {
  EACCES: 'sandbox.tls.noRight',
  EADDRINUSE: 'sandbox.tls.taken',
};

/** For a POSIX shell. */
function quotedForShell(text: string): string {
  return /^[\w./:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
