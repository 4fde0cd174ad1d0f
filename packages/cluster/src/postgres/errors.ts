import { BilingualError, errorText, fileErrorText, filled, type Text } from '@coupon-media/apiv3';
import pg from 'pg';
import { withRemedy } from '../engine/remedy.js';

/**
 * The SQLSTATE codes of a server that is temporarily unable to work: connections (08), resources (53), starting and
 * stopping (57P), a statement timeout (57014), and a read-only server (25006), for example a primary that became a
 * replica.
 */
const AWAY = /^(08|53|57P|57014|25006)/;

/** There was no response: the network failed, or a time limit passed. */
class ConnectionError extends BilingualError {
  override readonly name = 'ConnectionError';
  readonly code = 'CONNECTION';
}

/**
 * Whether the error means that the database was unavailable. A database that responded, even with a refusal, is
 * available.
 */
export function isAway(error: unknown): boolean {
  return (
    error instanceof ConnectionError || (error instanceof pg.DatabaseError && AWAY.test(error.code ?? ''))
  );
}

/**
 * Gives a name to errors that are not the database's responses.
 *
 * @param error an error of the driver
 */
export function named(error: unknown): unknown {
  const isResponse = error instanceof pg.DatabaseError;
  return isResponse ? error : new ConnectionError(reasonOf(error), { cause: error });
}

/**
 * Returns the reason of an error, with a remedy if one is known. A refused connection to a name with several addresses
 * has no message of its own.
 */
export function reasonOf(error: unknown): Text {
  if (error instanceof BilingualError) return error.texts;
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (isOfFile(error)) return filled(OF_FILE, { reason: fileErrorText(error) });
  const { code = '', message = '' } = (error ?? {}) as NodeJS.ErrnoException;
  const hint = HINTS.find(([mark]) => mark === code || message.includes(mark))?.[1];
  return hint ? withRemedy(errorText(error), hint) : errorText(error);
}

const AUTHORITY = {
  'zh-CN': '请在 URL 中用 sslrootcert 给出签发机构的证书文件，或设置 NODE_EXTRA_CA_CERTS',
  en: "name the file of its authority's certificate as sslrootcert in the URL, or in NODE_EXTRA_CA_CERTS",
};

/** What helps, by the code of an error or by a part of its message. */
const HINTS: readonly (readonly [mark: string, hint: Text])[] = [
  [
    'no encryption',
    {
      'zh-CN': '服务器可能只接受 TLS：请在 URL 中加上 sslmode=verify-full',
      en: 'the server may want TLS: sslmode=verify-full in the URL',
    },
  ],
  [
    'does not support SSL',
    {
      'zh-CN': '请在 PostgreSQL 中开启 ssl，或在 URL 中改用 sslmode=disable（明文）',
      en: 'switch ssl on in PostgreSQL, or connect in plain text with sslmode=disable in the URL',
    },
  ],
  ['SELF_SIGNED_CERT_IN_CHAIN', AUTHORITY],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', AUTHORITY],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', AUTHORITY],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', AUTHORITY],
  [
    'ERR_TLS_CERT_ALTNAME_INVALID',
    {
      'zh-CN': 'URL 中的主机须是证书上的名称；sslmode=verify-ca 加 sslrootcert 则不核对名称',
      en: 'the host of the URL must be a name of the certificate; sslmode=verify-ca with sslrootcert compares no names',
    },
  ],
  [
    'statement pooling mode',
    {
      'zh-CN': 'PgBouncer 的 pool_mode 须为 transaction 或 session',
      en: 'PgBouncer needs pool_mode transaction or session',
    },
  ],
  [
    '53300',
    {
      'zh-CN': '节点数 × COUPON_MEDIA_DATABASE_MAX_CONNECTIONS 须小于服务器的 max_connections',
      en: "nodes × COUPON_MEDIA_DATABASE_MAX_CONNECTIONS must be below the server's max_connections",
    },
  ],
  [
    '42501',
    {
      'zh-CN': '首次启动要建表：请让该用户成为数据库的所有者，或执行 grant create on schema public',
      en: 'the first start makes tables: let this user own the database, or grant create on schema public',
    },
  ],
  [
    '25006',
    {
      'zh-CN': '这是只读的副本：URL 须指向主库',
      en: 'this server is read-only, perhaps a replica: the URL must lead to the primary',
    },
  ],
];

const OF_FILE = {
  'zh-CN': 'URL 中的 sslkey、sslcert 或 sslrootcert：{reason}',
  en: 'sslkey, sslcert or sslrootcert of its URL: {reason}',
};

/**
 * Whether the error concerns a file that the URL names and the driver reads. A key may have been given instead of its
 * path.
 */
export function isOfFile(error: unknown): error is Error {
  const { syscall, code } = (error ?? {}) as NodeJS.ErrnoException;
  return error instanceof Error && (syscall === 'open' || code === 'EISDIR');
}
