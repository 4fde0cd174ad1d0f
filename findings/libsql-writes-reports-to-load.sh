#!/usr/bin/env bash
# To learn which C library there is, libsql lets Node make a whole diagnostic report at each of its two doors, although a package
# that it also loads answers by reading one file.
#
# Versions: libsql 0.5.29 (npm, with @neon-rs/load 0.0.4), Node 20 and later, on Linux.
# Source:   Node's documentation of diagnostic reports, a tool for production problems: with open connections each report makes
#           reverse DNS queries, on the main thread, which excludeNetwork exists to prevent.
# Expected: loading a driver reads the kind of the C library from a file, as detect-libc does first.
# Seen:     each of `libsql` and `libsql/promise` makes one report, of which it reads one key. Both together are several milliseconds of each
#           start, and more in a process that loads it when connections are open.

. "$(dirname "$0")/frame/frame.bash"
need node npm
get npm install --no-audit --no-fund libsql@0.5.29
cat >reports.cjs <<'JS'
let reports = 0;
const { getReport } = process.report;
process.report.getReport = (...values) => {
  reports += 1;
  return getReport.apply(process.report, values);
};
for (const door of process.argv.slice(2)) require(door);
console.log(reports);
JS
sees 'reports for detect-libc alone' '0' "$(node -e "
let n = 0; const { getReport } = process.report; process.report.getReport = () => { n += 1; return getReport.call(process.report); };
require('detect-libc').familySync(); console.log(n);")"
sees 'reports for libsql' '1' "$(node reports.cjs libsql)"
sees 'reports for libsql and libsql/promise' '2' "$(node reports.cjs libsql libsql/promise)"
