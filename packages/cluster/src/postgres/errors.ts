import { fileReason, withoutSecrets } from '@coupon-media/apiv3';
import pg from 'pg';

/**
 * What PostgreSQL says, by SQLSTATE, while it cannot do what it otherwise would: connections (08), resources (53),
 * starting and stopping (57P), a statement that took too long (57014), and a server that only reads (25006), as a
 * primary is that has become a replica.
 */
const AWAY = /^(08|53|57P|57014|25006)/;

/** No answer came: the network failed, or a time was over. */
class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly code = 'CONNECTION';
}

/** Whether the database was away, or in no state to answer; false where it answered, if only to refuse. */
export function isAway(error: unknown): boolean {
  return (
    error instanceof ConnectionError || (error instanceof pg.DatabaseError && AWAY.test(error.code ?? ''))
  );
}

/** @param error the driver's, which gives what is no answer of the database no name of its own */
export function named(error: unknown): unknown {
  const isAnswer = error instanceof pg.DatabaseError;
  return isAnswer ? error : new ConnectionError(reasonOf(error), { cause: error });
}

/** A refused connection to a name with several addresses has no message of its own. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (isOfFile(error)) return `sslkey, sslcert or sslrootcert of its URL: ${fileReason(error)}`;
  return error instanceof Error ? withoutSecrets(error.message) || error.name : String(error);
}

/** Whether it is of a file that the URL names, which the driver reads: a key may have been given in place of its path. */
export function isOfFile(error: unknown): error is Error {
  const { syscall, code } = (error ?? {}) as NodeJS.ErrnoException;
  return error instanceof Error && (syscall === 'open' || code === 'EISDIR');
}
