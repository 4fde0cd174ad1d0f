import type { Row, Statement } from '../database.js';
import type { BackgroundConnection, Value } from './binding.js';

/** Statements of what wraps the service, on the connection that commits uploads. */
export interface Statements {
  /** Prepares what is not prepared yet. It never rejects: `apply` says what is wrong with a text. */
  prepare(statements: readonly Statement[]): Promise<void> | undefined;
  /**
   * Applies statements within the transaction in progress: all of them or, if one is wrong, none.
   *
   * @param isSafe whether several statements stand in a savepoint. It copies each page that they change, and costs as much as two
   *   statements more; hardly ever is one of them wrong
   * @param first what the statements belong to: it is applied before them, and not without them
   * @throws HalfApplied if one of several is wrong and they stand in none, or what concerns the whole transaction, such as a full disk
   */
  apply(statements: readonly Statement[], isSafe: boolean, first?: () => void): Outcome;
}

/** The transaction has to be rolled back, and applied once more with savepoints. */
export class HalfApplied extends Error {
  override readonly name = 'HalfApplied';
}

/** The rows of each statement, or the error of the statement that is wrong. */
export type Outcome = { readonly rows: readonly (readonly Row[])[] } | { readonly fault: unknown };

type Run = (parameters: readonly Value[]) => unknown[];

export async function createStatements(connection: BackgroundConnection): Promise<Statements> {
  const prepared = new Map<string, Run | { readonly fault: unknown }>();
  const begin = await connection.prepare('savepoint wrapper');
  const release = await connection.prepare('release wrapper');
  const undo = await connection.prepare('rollback to wrapper');

  function run({ text, values }: Statement): readonly Row[] {
    const statement = prepared.get(text);
    if (typeof statement === 'function') return rowsOf(statement(values));
    // The table may be there next time.
    prepared.delete(text);
    throw statement?.fault;
  }

  return {
    prepare(statements) {
      const missing = statements.filter(({ text }) => !prepared.has(text));
      if (missing.length === 0) return;
      return (async () => {
        for (const { text } of missing)
          prepared.set(text, await connection.query(text).catch((fault: unknown) => ({ fault })));
      })();
    },
    apply(statements, isSafe, first) {
      // SQLite undoes a single statement that fails by itself.
      const isOne = statements.length === 1 && !first;
      const isInSavepoint = isSafe && !isOne;
      if (isInSavepoint) begin([]);
      try {
        first?.();
        const rows = statements.map(run);
        if (isInSavepoint) release([]);
        return { rows };
      } catch (fault) {
        if (!connection.inTransaction() || !isOwnFault(fault)) throw fault;
        if (isInSavepoint) {
          undo([]);
          release([]);
        } else if (!isOne) throw new HalfApplied('one of several statements is wrong', { cause: fault });
        return { fault };
      }
    },
  };
}

/** Whether the statement or its values are wrong, and not the disk. */
function isOwnFault(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return !/^SQLITE_/.test(code) || /^SQLITE_(CONSTRAINT|ERROR|MISMATCH|RANGE|TOOBIG)/.test(code);
}

/** Several rows come with their blobs as ArrayBuffer. */
export function rowsOf(rows: readonly unknown[]): readonly Row[] {
  for (const row of rows as Record<string, unknown>[]) {
    for (const [name, value] of Object.entries(row))
      if (value instanceof ArrayBuffer) row[name] = Buffer.from(value);
  }
  return rows as readonly Row[];
}
