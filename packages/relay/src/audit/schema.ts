import type { SchemaSql } from '@coupon-media/server/engine';

const BY_IMAGE = 'CREATE INDEX relay_audit_image ON relay_audit (sha256, at, id) WHERE sha256 IS NOT NULL';

/** The steps of the audit's table. A released step never changes; the owner of all steps is `relay`. */
export const AUDIT_STEPS: Readonly<Record<string, SchemaSql>> = {
  '002-audit': {
    sqlite: [
      `CREATE TABLE relay_audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        event TEXT NOT NULL,
        caller TEXT NOT NULL,
        outcome TEXT NOT NULL,
        account TEXT, door TEXT, endpoint TEXT, sha256 TEXT, filename TEXT, slot TEXT, changes TEXT, code TEXT,
        attempts INTEGER, hosts TEXT, request_id TEXT, upstream_request_id TEXT, value TEXT, milliseconds INTEGER, subject TEXT
      ) STRICT`,
      'CREATE INDEX relay_audit_at ON relay_audit (at, id)',
      'CREATE INDEX relay_audit_caller ON relay_audit (caller, at, id)',
      // Entries leave by their age alone, and none is ever rewritten.
      `CREATE TRIGGER relay_audit_is_append_only BEFORE UPDATE ON relay_audit
        BEGIN SELECT RAISE(ABORT, 'relay_audit is append-only'); END`,
    ],
    postgres: [
      `CREATE TABLE relay_audit (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at bigint NOT NULL,
        event text NOT NULL,
        caller text NOT NULL,
        outcome text NOT NULL,
        account text, door text, endpoint text, sha256 text, filename text, slot text, changes text, code text,
        attempts bigint, hosts text, request_id text, upstream_request_id text, value text, milliseconds bigint, subject text
      )`,
      'CREATE INDEX relay_audit_at ON relay_audit (at, id)',
      'CREATE INDEX relay_audit_caller ON relay_audit (caller, at, id)',
      `CREATE FUNCTION relay_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN RAISE EXCEPTION ''relay_audit is append-only''; END'`,
      `CREATE TRIGGER relay_audit_is_append_only BEFORE UPDATE ON relay_audit
        FOR EACH STATEMENT EXECUTE FUNCTION relay_audit_is_append_only()`,
    ],
  },
  // The trail of one image. What tells of no image is not in it.
  '006-audit-by-image': { sqlite: [BY_IMAGE], postgres: [BY_IMAGE] },
};
