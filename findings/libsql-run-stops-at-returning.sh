#!/usr/bin/env bash
# libsql's run() stops a statement with RETURNING at its first row: the insert is not committed, and is lost when the program ends.
#
# Versions: libsql 0.5.29 (npm).
# Source:   its README: it aims to be compatible with better-sqlite3, whose run() executes the statement to its end, and gives the number
#           of changes. SQLite commits by itself when the last statement in progress has ended.
# Expected: as without RETURNING: one change, and the row is there for others at once.
# Seen:     run() gives 0 changes and no error. Another connection does not see the row and cannot write, COMMIT of a later transaction is
#           refused, and the row is gone when the file is opened again. all() of the same statement commits.

. "$(dirname "$0")/frame/frame.bash"
need node npm
get npm install --no-audit --no-fund libsql@0.5.29
cat >rows.cjs <<'JS'
const Database = require('libsql');

const [how, file] = process.argv.slice(2);
const database = new Database(file);
database.exec('pragma journal_mode = wal; create table image (id integer primary key, name text)');
const insert = 'insert into image (name) values (?)';
const acts = {
  plain: () => database.prepare(insert).run('a.png').changes,
  run: () => database.prepare(`${insert} returning id`).run('a.png').changes,
  all: () => database.prepare(`${insert} returning id`).all('a.png').length,
};
const changes = acts[how]();
const other = new Database(file, { timeout: 100 });
const seen = other.prepare('select count(*) as n from image').all()[0].n;
const attempt = (sql, on) => {
  try {
    on.exec(sql);
    return 'ok';
  } catch (error) {
    return error.code;
  }
};
console.log(`${changes} changed, ${seen} seen by another, begin ${attempt('begin', database)}, commit ${attempt('commit', database)}`);
JS
cat >again.cjs <<'JS'
const Database = require('libsql');
console.log(new Database(process.argv[2]).prepare('select count(*) as n from image').all()[0].n);
JS
sees 'run() without RETURNING' '1 changed, 1 seen by another, begin ok, commit ok' "$(node rows.cjs plain plain.db)"
sees 'run() with RETURNING' '0 changed, 0 seen by another, begin ok, commit SQLITE_BUSY' "$(node rows.cjs run run.db)"
sees 'all() with RETURNING' '1 changed, 1 seen by another, begin ok, commit ok' "$(node rows.cjs all all.db)"
sees 'rows after the end, without RETURNING' '1' "$(node again.cjs plain.db)"
sees 'rows after the end, run() with RETURNING' '0' "$(node again.cjs run.db)"
sees 'rows after the end, all() with RETURNING' '1' "$(node again.cjs all.db)"
