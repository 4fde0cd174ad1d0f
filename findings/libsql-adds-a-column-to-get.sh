#!/usr/bin/env bash
# libsql's get() puts a key of its own, _metadata, into the row, so that a row written out as JSON carries a time that no column has.
#
# Versions: libsql 0.5.29 (npm).
# Source:   its README: it aims to be compatible with better-sqlite3, whose documentation has get() return an object for
#           the first row, its keys the column names.
# Expected: get() and the first of all() are the same row.
# Seen:     get()'s row has one key more, enumerable, and another value each time: Object.keys, spreading, JSON and deepEqual see it.

. "$(dirname "$0")/frame/frame.bash"
need node npm
get npm install --no-audit --no-fund libsql@0.5.29
cat >rows.cjs <<'JS'
const { isDeepStrictEqual } = require('node:util');
const Database = require('libsql');

const database = new Database(':memory:');
const statement = database.prepare('select 5 as width, 7 as height');
const rows = { get: statement.get(), all: statement.all()[0] };
const said = {
  get: () => Object.keys(rows.get).join(', '),
  all: () => Object.keys(rows.all).join(', '),
  same: () => String(isDeepStrictEqual(rows.get, rows.all)),
  json: () => JSON.stringify(rows.get).replace(/[\d.e-]{4,}/, 'N'),
};
console.log(said[process.argv[2]]());
JS
sees 'keys of the first of all()' 'width, height' "$(node rows.cjs all)"
sees 'keys of get()' 'width, height, _metadata' "$(node rows.cjs get)"
sees 'deeply equal' 'false' "$(node rows.cjs same)"
sees 'JSON of get()' '{"width":5,"height":7,"_metadata":{"duration":N}}' "$(node rows.cjs json)"
