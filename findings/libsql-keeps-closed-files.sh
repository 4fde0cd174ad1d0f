#!/usr/bin/env bash
# libsql's close() leaves the files of a database open as long as a statement that was prepared on it exists, and no call ends a statement.
#
# Versions: libsql 0.5.29 (npm). Linux: the open files are read from /proc.
# Source:   its README: it aims to be compatible with better-sqlite3, whose close() finalizes all statements of the connection.
# Expected: after close() the process has none of the database's files open, as without a prepared statement.
# Seen:     each closed database keeps its file open until the garbage collector happens to find the statement, which nothing asks it to
#           do: a hundred databases opened and closed one after the other leave a hundred files open, although they were deleted.
#           A database that is attached to one in memory, and detached before close(), leaves none, its statements included.

. "$(dirname "$0")/frame/frame.bash"
need node npm
get npm install --no-audit --no-fund libsql@0.5.29
cat >files.cjs <<'JS'
const { mkdtempSync, readdirSync, readlinkSync, rmSync } = require('node:fs');
const path = require('node:path');
const Database = require('libsql');

const folder = mkdtempSync(path.join(process.cwd(), 'databases-'));
const statements = [];
const ways = {
  exec(file) {
    const database = new Database(file);
    database.exec('create table image (id integer)');
    database.close();
  },
  prepare(file) {
    const database = new Database(file);
    database.exec('create table image (id integer)');
    statements.push(database.prepare('select * from image'));
    database.close();
  },
  detach(file) {
    const database = new Database(':memory:');
    database.exec(`attach '${file}' as store; create table store.image (id integer)`);
    statements.push(database.prepare('select * from image'));
    database.exec('detach store');
    database.close();
  },
};
for (let n = 0; n < 100; n += 1) ways[process.argv[2]](path.join(folder, `${n}.db`));
rmSync(folder, { recursive: true });
const open = readdirSync('/proc/self/fd').flatMap((fd) => {
  try {
    return [readlinkSync(`/proc/self/fd/${fd}`)];
  } catch {
    return [];
  }
});
console.log(open.filter((file) => file.startsWith(folder)).length);
JS
sees 'files open after 100 databases without a statement' '0' "$(node files.cjs exec)"
sees 'files open after 100 databases, each with a statement' '100' "$(node files.cjs prepare)"
sees 'files open after 100 attached databases, each with a statement' '0' "$(node files.cjs detach)"
