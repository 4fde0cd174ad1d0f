import type { SqliteConnection } from './binding.js';

/** The steps of the schema by name. `user_version` of a database is the number of those that it has. */
export type SchemaStep = (typeof SCHEMA_STEPS)[number];

const SCHEMA_STEPS = ['001-images-and-merchants', '002-platform-key-use'] as const;

/** The last step of the schema, to tell apart what was made before it. */
export const SCHEMA_STEP: string = SCHEMA_STEPS.at(-1) ?? '';

/** Whether a database needs no step, so that what makes the steps need not be loaded. */
export function isSchemaCurrent(connection: SqliteConnection): boolean {
  return Number(connection.row('PRAGMA store.user_version')([])?.[0]) === SCHEMA_STEPS.length;
}
