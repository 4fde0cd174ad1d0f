#!/usr/bin/env bash
# Names of files as bytes, which a name that is not UTF-8 needs: Bun then leaves out the kinds of the files, and Deno's opendir throws.
#
# Versions: bun 1.4.5, deno 2.9.6 (npm; their packages for Linux hold the binaries). The Node of the machine beside them.
# Source:   Node's documentation of fs, whose functions both supply: readdir with withFileTypes gives fs.Dirent objects, whose name is a Buffer with
#           encoding 'buffer'; opendir takes options, of which bufferSize has the default 32.
# Expected: Dirent objects whose name is a Buffer, everywhere.
# Seen:     Bun's readdir gives the Buffers themselves, without an error, so that isDirectory() is no function and name is undefined. Deno's opendir
#           throws a TypeError about bufferSize if options are given without it. Its readdir is as Node's.

. "$(dirname "$0")/frame/frame.bash"
need node npm
get npm install --no-audit --no-fund --ignore-scripts @oven/bun-linux-x64@1.4.5 @deno/linux-x64-glibc@2.9.6
mkdir folder
printf 'a picture' >folder/a.png
cat >read.mjs <<'JS'
import { opendir, readdir } from 'node:fs/promises';

const kind = (entry) => (Buffer.isBuffer(entry) ? 'a Buffer' : `an entry, name ${entry.name?.constructor.name}`);
const readers = {
  readdir: async () => (await readdir('folder', { withFileTypes: true, encoding: 'buffer' }))[0],
  async opendir() {
    for await (const entry of await opendir('folder', { encoding: 'buffer' })) return entry;
  },
};
console.log(await readers[process.argv[2]]().then(kind, ({ name, message }) => `${name}: ${message}`));
JS
bun=node_modules/@oven/bun-linux-x64/bin/bun
deno=node_modules/@deno/linux-x64-glibc/deno
sees 'readdir of Node' 'an entry, name Buffer' "$(node read.mjs readdir)"
sees 'readdir of Deno' 'an entry, name Buffer' "$($deno run --allow-read read.mjs readdir)"
sees 'readdir of Bun' 'a Buffer' "$($bun read.mjs readdir)"
sees 'opendir of Node' 'an entry, name Buffer' "$(node read.mjs opendir)"
sees 'opendir of Deno' 'TypeError: The "options.bufferSize" property must be of type number. Received undefined' "$($deno run --allow-read read.mjs opendir)"
