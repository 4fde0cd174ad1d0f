import { BilingualError, errorText, fileErrorText, filled, type Text } from '@coupon-media/apiv3';
import pg from 'pg';

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

/** A refused connection to a name with several addresses has no message of its own. */
export function reasonOf(error: unknown): Text {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (isOfFile(error)) return filled(OF_FILE, { reason: fileErrorText(error) });
  return errorText(error);
}

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
