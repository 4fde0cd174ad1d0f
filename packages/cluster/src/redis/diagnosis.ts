import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { filled, type Text } from '@coupon-media/apiv3';
import type { RedisAddress } from './address.js';

/**
 * Says what is probably wrong with a connection that could not be made, from its error and from what answers at its
 * address. It is asked only when a node does not start.
 *
 * @returns undefined if the error says enough
 */
export async function diagnose(error: unknown, address: RedisAddress): Promise<Text | undefined> {
  const said = `${textOf(error)} ${textOf(error instanceof Error ? error.cause : undefined)}`;
  const hint = HINTS.find(({ way, form }) => (!way || way === address.way) && form.test(said));
  if (hint) return filled(hint.text, { primary: address.primary });
  const [first] = address.hosts;
  if (!first || /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/.test(said)) return undefined;
  if (address.tls && (await speaksPlainly(first))) return TEXTS.plain;
  // With TLS 1.3 a server refuses a certificate after the handshake, and its alert may be lost in the reset that follows.
  if (address.tls) return RESET.test(said) ? CERTIFICATE : undefined;
  if (!BROKEN.test(said)) return undefined;
  if (await speaksTls(first)) return TEXTS.tls;
  return (await speaksPlainly(first)) ? TEXTS.proxy : undefined;
}

/** How a connection fails that was made and then closed. */
const BROKEN = /ECONNRESET|EPIPE|Connection is closed|socket hang up|connection was lost|no response in/i;

const RESET = /ECONNRESET|EPIPE|socket hang up/i;

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.message} ${String(Reflect.get(error, 'code') ?? '')}` : '';
}

const CERTIFICATE: Text = {
  'zh-CN': '它要求客户端证书：请设置 COUPON_MEDIA_REDIS_CERT_FILE 和 COUPON_MEDIA_REDIS_KEY_FILE',
  en: 'it asks for a certificate of the client, from an authority that it knows: set COUPON_MEDIA_REDIS_CERT_FILE and COUPON_MEDIA_REDIS_KEY_FILE',
};

const HINTS: readonly { form: RegExp; way?: RedisAddress['way']; text: Text }[] = [
  {
    form: /SELF_SIGNED_CERT|UNABLE_TO_(VERIFY|GET)|DEPTH_ZERO/,
    text: {
      'zh-CN': '证书由私有 CA 签发时，请将 COUPON_MEDIA_REDIS_CA_FILE 设为该 CA 的 PEM 文件',
      en: 'if its authority is a private one, set COUPON_MEDIA_REDIS_CA_FILE to the PEM file of that authority',
    },
  },
  {
    form: /CERTIFICATE_REQUIRED|certificate required|HANDSHAKE_FAILURE|BAD_CERTIFICATE|UNKNOWN_CA/i,
    text: CERTIFICATE,
  },
  {
    form: /NOAUTH/,
    text: {
      'zh-CN': '它需要密码：redis://:密码@主机，或 redis://用户:密码@主机',
      en: 'it asks for a password: redis://:password@host, or redis://user:password@host',
    },
  },
  {
    form: /invalid reply: null|No such master/,
    text: {
      'zh-CN': '这些 Sentinel 没有监视名为 {primary} 的主节点',
      en: 'the Sentinels watch no primary that is called {primary}',
    },
  },
  {
    form: /unknown command.*sentinel/i,
    way: 'sentinel',
    text: {
      'zh-CN': '它不是 Sentinel：普通 Redis 的 URL 应以 redis:// 开头',
      en: 'it is no Sentinel: the URL of a Redis itself begins with redis://',
    },
  },
  {
    form: /cluster support disabled/i,
    text: {
      'zh-CN': '它不属于 Redis Cluster：URL 应以 redis:// 开头',
      en: 'it belongs to no Redis Cluster: its URL begins with redis://',
    },
  },
  {
    form: /DB index is out of range|SELECT is not allowed/i,
    text: {
      'zh-CN': 'URL 末尾的数据库编号不存在；集群只有 0 号数据库',
      en: 'it has no database with the number behind the host of the URL; a cluster only has 0',
    },
  },
];

const TEXTS = {
  tls: {
    'zh-CN': '该端口使用 TLS：URL 应以 rediss:// 开头',
    en: 'this port speaks TLS: its URL begins with rediss://',
  },
  plain: {
    'zh-CN': '该端口不使用 TLS：URL 应以 redis:// 开头',
    en: 'this port does not speak TLS: its URL begins with redis://',
  },
  proxy: {
    'zh-CN':
      '它响应 PING，却在 INFO 时关闭连接，twemproxy 等代理即是如此：不支持这类代理，请直接填写 Redis 的地址',
    en: 'it answers PING and closes at INFO, as twemproxy does: such proxies pass neither INFO nor scripts and cannot be used; give the address of Redis itself',
  },
} as const satisfies Record<string, Text>;

interface Place {
  readonly host: string;
  readonly port: number;
}

/** Milliseconds that a probe may take. */
const PATIENCE = 1_000;

/** Whether the port completes a handshake, or refuses one as only TLS does. Certificates are not judged here. */
function speaksTls({ host, port }: Place): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTls({ host, port, rejectUnauthorized: false }, () => end(true));
    const end = ending(socket, resolve);
    socket.on('error', (error) => end(/alert/i.test(error.message)));
  });
}

/** Whether the port answers PING as Redis does, be it by asking for a password. */
function speaksPlainly({ host, port }: Place): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectPlain({ host, port }, () => socket.write('*1\r\n$4\r\nPING\r\n'));
    const end = ending(socket, resolve);
    socket.on('data', (answer) => end(/^(\+PONG|-[A-Z]+ )/.test(String(answer))));
    socket.on('error', () => end(false));
  });
}

function ending(socket: Socket, resolve: (value: boolean) => void): (value: boolean) => void {
  const end = (value: boolean) => {
    resolve(value);
    socket.destroy();
  };
  socket.setTimeout(PATIENCE, () => end(false));
  socket.on('close', () => end(false));
  return end;
}
