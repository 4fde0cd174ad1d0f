#!/usr/bin/env bash
# A Bun.file() in a FormData is uploaded with the whole path on the sender's disk as its filename.
#
# Versions: bun 1.4.5 (npm; the package holds the binary). Node's openAsBlob and node-fetch 3.3.2's fileFromSync beside it.
# Source:   Bun's documentation on file I/O: what Bun.file(path) returns conforms to the Blob interface. A Blob in a FormData is named "blob"
#           (XMLHttpRequest standard), and a File's name is "merely the name of the file, without path information" (File API).
# Expected: "blob", or the last part of the path.
# Seen:     the absolute path: whoever receives the upload learns folders and user names. With a name as third argument it is that name.

. "$(dirname "$0")/frame/frame.bash"
need node npm
get npm install --no-audit --no-fund bun@1.4.5 node-fetch@3.3.2
mkdir -p 'customers/zhang'
printf 'a picture' >customers/zhang/a.png
cat >server.mjs <<'JS'
import { createServer } from 'node:http';

createServer(async (request, response) => {
  let body = '';
  for await (const bytes of request) body += bytes;
  response.end(/filename="([^"]*)"/.exec(body)?.[1].replace(process.cwd(), 'FOLDER'));
}).listen(Number(process.argv[2]), '127.0.0.1');
JS
cat >send.mjs <<'JS'
const [, , port, ...name] = process.argv;
const path = `${process.cwd()}/customers/zhang/a.png`;
const form = new FormData();
form.set('file', Bun.file(path), ...name);
console.log(await (await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body: form })).text());
JS
cat >send-node.mjs <<'JS'
import fetch, { FormData, fileFromSync } from 'node-fetch';

const form = new FormData();
form.set('file', fileFromSync(`${process.cwd()}/customers/zhang/a.png`));
console.log(await (await fetch(`http://127.0.0.1:${process.argv[2]}`, { method: 'POST', body: form })).text());
JS
port=$(free_port)
serve "$port" node server.mjs "$port"
sees 'Bun.file()' 'FOLDER/customers/zhang/a.png' "$(node_modules/.bin/bun send.mjs "$port")"
sees 'Bun.file() with a name' 'a.png' "$(node_modules/.bin/bun send.mjs "$port" a.png)"
sees "node-fetch's fileFromSync()" 'a.png' "$(node send-node.mjs "$port")"
