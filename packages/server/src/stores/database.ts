/**
 * The SQL of the engines, for the tables of what wraps a service: they stand beside the service's own, in one backup and one move.
 * Tables have the prefix of their owner, such as `relay_`.
 */
export interface Database {
  readonly dialect: 'sqlite' | 'postgres';
  /**
   * Brings tables to their newest schema. Each step runs once, in the order of the names; a released step never changes. A step only adds
   * to the schema, because old nodes keep running with it during a rolling upgrade. If there is nothing to do, nothing is written, so
   * that no right to create tables is needed.
   *
   * @param owner whose steps these are, such as `relay`: lower-case letters
   * @param steps SQL by name, for example `001-outbox`
   * @throws StoreError if a newer version of the owner has written the tables
   */
  upgrade(owner: string, steps: SchemaSteps): Promise<void>;
  /** Whose tables there are: every owner that has ever taken a step. */
  owners(): Promise<readonly string[]>;
  /**
   * Applies statements in one transaction, in their order. It is durable once it has resolved. In one folder, calls that come at the same
   * time share one commit with the uploads.
   *
   * @returns the rows that each statement returned, by `returning` or `select`
   * @throws StoreError; nothing was applied, or whether it was is unknown because the engine went away
   */
  write(statements: readonly Statement[], options?: CallOptions): Promise<readonly (readonly Row[])[]>;
  /** @throws StoreError */
  read(statement: Statement, options?: CallOptions): Promise<readonly Row[]>;
  /**
   * Hears what any node tells on a channel by PostgreSQL's `pg_notify`, as far as the way to it passes that on: PgBouncer in transaction
   * mode does not, and what is told while the connection is down is lost. Therefore a caller looks by itself, too. In one folder nothing
   * is heard, because one process has it.
   *
   * @returns ends the listening
   */
  listen(channel: string, heard: (message: string) => void): () => Promise<void>;
}

/** SQL by name, for example `001-outbox`. */
export type SchemaSteps = Readonly<Record<string, SchemaSql>>;

/** The statements of a step, by dialect. In SQLite a table keeps its rowid. */
export type SchemaSql = Readonly<Record<Database['dialect'], readonly string[]>>;

export interface Statement {
  /**
   * `?` stands for a value, in both dialects, and for nothing else. Equal texts are prepared once in one folder, so they are few and
   * hold no values.
   */
  readonly text: string;
  readonly values: readonly Value[];
}

export interface CallOptions {
  /** One of a few values, for metrics. Default: `read` or `write`. */
  readonly operation?: string;
  /**
   * Milliseconds that a write in one folder may wait for others, to share their commit: for what is not waited for by the millisecond,
   * since under load most of what a write costs is its commit. Default: 0. PostgreSQL writes at once.
   */
  readonly within?: number;
  /** Whether a call whose response was lost may be made again. Default: reads yes, writes no. */
  readonly repeatable?: boolean;
}

/** Integers stay within 2^53. There are no booleans, but 0 and 1. SQLite takes a number for a real one unless its column is an integer. */
export type Value = string | number | Uint8Array | null;

/** A row by the names of its columns. Blobs come as Buffer. */
export type Row = Readonly<Record<string, string | number | Buffer | null>>;
