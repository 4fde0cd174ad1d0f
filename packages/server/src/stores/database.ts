/**
 * The SQL of the engines, for the tables of what wraps a service: they stand beside the service's own, in one backup and one move.
 * Tables have a prefix of their wrapper's, such as `relay_`.
 */
export interface Database {
  readonly dialect: 'sqlite' | 'postgres';
  /**
   * Brings tables to their newest schema. Each step runs once, in the order of the names; a released step never changes.
   *
   * @param owner whose steps these are, such as `relay`
   * @param steps SQL by name, for example `001-outbox`
   * @throws StoreError if a newer version of the owner has written the tables
   */
  upgrade(owner: string, steps: Readonly<Record<string, SchemaSql>>): Promise<void>;
  /**
   * Applies statements in one transaction, in their order. It is durable once it has resolved. In one folder, calls that come at the same
   * time share one commit with the uploads.
   *
   * @returns the rows that each statement returned
   * @throws StoreError; nothing was applied, or whether it was is unknown because the engine went away
   */
  write(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]>;
  /** @throws StoreError */
  read(statement: Statement): Promise<readonly Row[]>;
}

/** The statements of a step, by dialect. */
export type SchemaSql = Readonly<Record<Database['dialect'], readonly string[]>>;

export interface Statement {
  /** `?` stands for a value, in both dialects. Equal texts are prepared once. */
  readonly text: string;
  readonly values: readonly Value[];
}

/** Integers stay within 2^53. There are no booleans, but 0 and 1. */
export type Value = string | number | Uint8Array | null;

/** A row by the names of its columns. Blobs come as Buffer. */
export type Row = Readonly<Record<string, string | number | Buffer | null>>;
