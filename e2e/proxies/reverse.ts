import {
  type Change,
  type Command,
  HAPROXY,
  NGINX,
  type Place,
  type ProxyFile,
} from '../support/proxy-process.js';
import type { ColumnName } from './columns.js';

/** A proxy in front of the service, by the files that we ship for it. */
export interface ReverseProxy {
  readonly name: string;
  /** Its programs, in the order in which they start, and the packages of Debian that bring them. */
  readonly programs: readonly string[];
  readonly packages: readonly string[];
  /** Prints its version. */
  readonly version: readonly [program: string, argument: string];
  /** Whether `npm test` runs it, and not only `npm run proxies:wide`. */
  readonly short?: boolean;
  /** The files, and what of each is the machine's own. The first one is the one that `commands` names. */
  readonly files: readonly ShippedFile[];
  commands(file: string, place: Place): readonly Command[];
  /** The same by its defaults. Default: `commands`. */
  plainCommands?(file: string, place: Place): readonly Command[];
  /** The shortest configuration that forwards, with every default of the proxy. */
  defaults(place: Place): Readonly<Record<string, string>>;
  /** What the shipped files cannot do: of these columns another word than "yes" is expected. A pattern: what differs from run to run. */
  readonly unmet: Partial<Readonly<Record<ColumnName, string | RegExp>>>;
}

interface ShippedFile {
  readonly file: string;
  changes(place: Place): Change[];
}

/** Where a file has the address of its node. */
const node = (place: Place): Change => [/127\.0\.0\.1:8787/g, `127.0.0.1:${place.node}`];
/** Where a file has its certificate, and its key. */
const certificate = ({ folder }: Place): Change => [/\/etc\/[a-z0-9]+\/tls\.(pem|key)/g, `${folder}/tls.pem`];

export const reverseProxies: readonly ReverseProxy[] = [
  {
    ...fromSupport(NGINX),
    programs: ['nginx'],
    packages: ['nginx-light'],
    version: ['nginx', '-v'],
    short: true,
    defaults: ({ folder, securePort, node }) => ({
      'nginx.conf': `events {}
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((of) => `${of}_temp_path ${folder}/${of};`).join(' ')}
  server {
    listen 127.0.0.1:${securePort} ssl;
    ssl_certificate ${folder}/tls.pem; ssl_certificate_key ${folder}/tls.pem;
    location / { proxy_pass http://127.0.0.1:${node}; }
  }
}`,
    }),
    unmet: { expect: 'its own 100', tooLarge: 'its own 413' },
  },
  {
    ...fromSupport(HAPROXY),
    programs: ['haproxy'],
    packages: ['haproxy'],
    version: ['haproxy', '-v'],
    short: true,
    defaults: ({ folder, securePort, node }) => ({
      'haproxy.cfg': `defaults
  mode http
  timeout connect 5s
  timeout client 50s
  timeout server 50s
frontend public
  bind 127.0.0.1:${securePort} ssl crt ${folder}/tls.pem
  default_backend nodes
backend nodes
  server node 127.0.0.1:${node}
`,
    }),
    unmet: {},
  },
  {
    name: 'Apache httpd',
    programs: ['apache2'],
    packages: ['apache2-bin'],
    version: ['apache2', '-v'],
    short: true,
    files: [
      {
        file: 'deploy/proxies/apache/httpd.conf',
        changes: (place) => [
          node(place),
          certificate(place),
          ['ServerRoot /etc/apache2', `ServerRoot ${place.folder}\nDefaultRuntimeDir ${place.folder}`],
          ['/run/apache2/apache2.pid', `${place.folder}/pid`],
          ['shmcb:/run/apache2/sessions', `shmcb:${place.folder}/sessions`],
          ['/var/log/apache2/error.log', `${place.folder}/error.log`],
          ['/var/log/apache2/access.log', `${place.folder}/access.log`],
          ['Listen 443', `Listen 127.0.0.1:${place.securePort}`],
          ['<VirtualHost *:443>', '<VirtualHost *>'],
        ],
      },
    ],
    commands: (file) => [{ args: ['-D', 'FOREGROUND', '-f', file] }],
    defaults: ({ folder, securePort, node }) => ({
      'httpd.conf': `${[
        'mpm_event',
        'authz_core',
        'proxy',
        'proxy_http',
        'socache_shmcb',
        'ssl',
        'reqtimeout',
      ]
        .map((module) => `LoadModule ${module}_module /usr/lib/apache2/modules/mod_${module}.so`)
        .join('\n')}
ServerRoot ${folder}
DefaultRuntimeDir ${folder}
PidFile ${folder}/pid
ErrorLog ${folder}/error.log
ServerName localhost
<IfModule unixd_module>
  User www-data
</IfModule>
Listen 127.0.0.1:${securePort}
SSLEngine on
SSLCertificateFile ${folder}/tls.pem
SSLCertificateKeyFile ${folder}/tls.pem
ProxyPass / http://127.0.0.1:${node}/
`,
    }),
    unmet: {},
  },
  {
    name: 'Caddy',
    programs: ['caddy'],
    packages: ['caddy'],
    version: ['caddy', 'version'],
    files: [
      {
        file: 'deploy/proxies/caddy/Caddyfile',
        changes: (place) => [
          node(place),
          certificate(place),
          ['\n:443 {', `\n:${place.securePort} {\n\tbind 127.0.0.1`],
          ['/var/log/caddy/access.log', `${place.folder}/access.log`],
        ],
      },
    ],
    commands: (file, { folder }) => [
      {
        args: ['run', '--adapter', 'caddyfile', '--config', file],
        environment: { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
      },
    ],
    defaults: ({ folder, securePort, node }) => ({
      Caddyfile: `{
	admin off
}
:${securePort} {
	bind 127.0.0.1
	tls ${folder}/tls.pem ${folder}/tls.pem
	reverse_proxy 127.0.0.1:${node}
}
`,
    }),
    unmet: {
      expect: 'its own 100 and the node’s',
      letters: 'Request-Id',
    },
  },
  {
    name: 'Squid',
    programs: ['squid'],
    packages: ['squid-openssl'],
    version: ['squid', '-v'],
    files: [
      {
        file: 'deploy/proxies/squid/squid.conf',
        changes: (place) => [
          [/parent 8787 /, `parent ${place.node} `],
          certificate(place),
          ['https_port 443 ', `https_port 127.0.0.1:${place.securePort} `],
          ['stdio:/var/log/squid/access.log', `stdio:${place.folder}/access.log`],
          ['/var/log/squid/cache.log', `${place.folder}/cache.log`],
          ['/run/squid.pid', 'none'],
          ['/var/spool/squid', place.folder],
          ['shutdown_lifetime 20 seconds', 'shutdown_lifetime 0 seconds'],
        ],
      },
    ],
    commands: (file) => [{ args: ['-N', '-f', file] }],
    defaults: ({ folder, securePort, node }) => ({
      'squid.conf': `https_port 127.0.0.1:${securePort} accel defaultsite=localhost tls-cert=${folder}/tls.pem
cache_peer 127.0.0.1 parent ${node} 0 originserver no-query no-digest no-netdb-exchange
http_access allow all
access_log none
cache_log ${folder}/cache.log
pid_filename none
coredump_dir ${folder}
netdb_filename none
pinger_enable off
shutdown_lifetime 0 seconds
`,
    }),
    unmet: {
      tooLarge: /^yes(, chunked: no response)?$/,
      reused: 'the client’s alone',
      own: 'HTML without Request-ID',
    },
  },
  {
    name: 'Varnish behind hitch',
    programs: ['varnishd', 'hitch'],
    packages: ['varnish', 'hitch'],
    version: ['varnishd', '-V'],
    files: [
      {
        file: 'deploy/proxies/varnish/default.vcl',
        changes: (place) => [['.port = "8787"', `.port = "${place.node}"`]],
      },
      {
        file: 'deploy/proxies/varnish/hitch.conf',
        changes: (place) => [
          certificate(place),
          ['"[*]:443"', `"[127.0.0.1]:${place.securePort}"`],
          ['"[127.0.0.1]:6086"', `"[127.0.0.1]:${place.port}"`],
        ],
      },
    ],
    commands: (file, place) =>
      varnishAndHitch(file, place, [
        '-p',
        'timeout_idle=60',
        '-p',
        'backend_idle_timeout=60',
        '-p',
        'http_range_support=off',
      ]),
    plainCommands: (file, place) => varnishAndHitch(file, place, []),
    defaults: (place) => ({
      'default.vcl': `vcl 4.1;\nbackend default { .host = "127.0.0.1"; .port = "${place.node}"; }\n`,
      'hitch.conf': `frontend = "[127.0.0.1]:${place.securePort}"
backend = "[127.0.0.1]:${place.port}"
pem-file = "${place.folder}/tls.pem"
write-proxy-v2 = on
user = "_hitch"
daemon = off
`,
    }),
    unmet: { expect: 'its own 100' },
  },
  {
    name: 'lighttpd',
    programs: ['lighttpd'],
    packages: ['lighttpd', 'lighttpd-mod-openssl'],
    version: ['lighttpd', '-v'],
    files: [
      {
        file: 'deploy/proxies/lighttpd/lighttpd.conf',
        changes: (place) => [
          [/"port" => 8787/, `"port" => ${place.node}`],
          certificate(place),
          ['server.port = 443', `server.port = ${place.securePort}\nserver.bind = "127.0.0.1"`],
          ['"0.0.0.0:443"', `"127.0.0.1:${place.securePort}"`],
          ['/var/log/lighttpd/error.log', `${place.folder}/error.log`],
          ['/var/log/lighttpd/access.log', `${place.folder}/access.log`],
          ['/run/lighttpd.pid', `${place.folder}/pid`],
          ['"/var/empty"', `"${place.folder}/empty"`],
        ],
      },
    ],
    commands: (file) => [{ args: ['-D', '-f', file] }],
    defaults: ({ folder, securePort, node }) => ({
      'lighttpd.conf': `server.modules = ("mod_proxy", "mod_openssl")
server.document-root = "${folder}/empty"
server.bind = "127.0.0.1"
server.port = ${securePort}
ssl.engine = "enable"
ssl.pemfile = "${folder}/tls.pem"
proxy.server = ("" => (("host" => "127.0.0.1", "port" => ${node})))
`,
    }),
    unmet: {
      expect: 'its own 100',
      reused: 'the client’s alone',
      own: 'HTML without Request-ID',
    },
  },
  {
    name: 'Traffic Server',
    programs: ['traffic_server'],
    packages: ['trafficserver'],
    version: ['traffic_server', '-V'],
    files: [
      {
        file: 'deploy/proxies/trafficserver/records.config',
        changes: (place) => [['STRING 443:ssl:proto=http', `STRING ${trafficPort(place, ':proto=http')}`]],
      },
      { file: 'deploy/proxies/trafficserver/remap.config', changes: (place) => [node(place)] },
      { file: 'deploy/proxies/trafficserver/ssl_multicert.config', changes: (place) => [certificate(place)] },
      { file: 'deploy/proxies/trafficserver/ip_allow.yaml', changes: () => [] },
    ],
    commands: (_, { folder }) => [{ args: [`--run-root=${folder}/runroot.yaml`] }],
    defaults: (place) => ({
      'records.config': `CONFIG proxy.config.http.server_ports STRING ${trafficPort(place)}
CONFIG proxy.config.admin.user_id STRING trafficserver
`,
      'remap.config': `map / http://127.0.0.1:${place.node}/\n`,
      'ssl_multicert.config': `dest_ip=* ssl_cert_name=${place.folder}/tls.pem\n`,
      // As Debian's package has it, in short.
      'ip_allow.yaml':
        'ip_allow:\n  - apply: in\n    ip_addrs: 127.0.0.1\n    action: allow\n    methods: ALL\n',
    }),
    unmet: { own: 'HTML without Request-ID' },
  },
];

/** The two proxies whose files other tests run, too. */
function fromSupport({
  name,
  file,
  changes,
  command,
}: ProxyFile): Pick<ReverseProxy, 'name' | 'files' | 'commands'> {
  return { name, files: [{ file, changes }], commands: (of, place) => [command(of, place)] };
}

function varnishAndHitch(file: string, { folder, port }: Place, options: readonly string[]): Command[] {
  const storage = ['-s', 'malloc,64m', '-n', `${folder}/varnish`];
  return [
    { args: ['-F', '-j', 'none', '-a', `127.0.0.1:${port},PROXY`, '-f', file, ...storage, ...options] },
    { args: [`--config=${folder}/hitch.conf`] },
  ];
}

function trafficPort({ securePort }: Place, more = ''): string {
  return `${securePort}:ip-in=127.0.0.1:ssl${more}`;
}
