#!/usr/bin/env bash
# The form parser of @effect/platform makes a text field without a name of an image whose name is Chinese, without an error.
#
# Versions: multipasta 0.2.8 (npm; @effect/platform 0.97.2 depends on it); Node's own fetch and curl as the senders, busboy 1.6.0 beside it.
# Source:   HTML 4.10.21.8: browsers write a filename as UTF-8, without escapes but for quotes and line breaks; RFC 7578 5.1.1 and 4.2 say the same.
#           multipasta's own rule (defaultIsFile in its source): a part with a filename is a file.
# Expected: a file "file" with its name, whatever its letters, and a field "meta"; or an error.
# Seen:     with one character above U+00FF in it, the part has neither name nor filename, and its bytes come as a field that is called "".

. "$(dirname "$0")/frame/frame.bash"
need node npm curl
get npm install --no-audit --no-fund multipasta@0.2.8 busboy@1.6.0
cat >read.cjs <<'JS'
const { createServer } = require('node:http');
const { make } = require('multipasta/node');
const busboy = require('busboy');
const { execFileSync, execFile } = require('node:child_process');
const { writeFileSync } = require('node:fs');

const [parser, sender, name] = process.argv.slice(2);
const image = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0, 1]);
const seen = [];
const listen = {
  multipasta(request) {
    const parts = make({ headers: request.headers });
    parts.on('field', ({ info, value }) => seen.push(`field "${info.name}" of ${value.length} bytes`));
    parts.on('file', (file) => { seen.push(`file "${file.info.name}" ${file.info.filename}`); file.resume(); });
    return parts;
  },
  busboy(request) {
    const parts = busboy({ headers: request.headers, defParamCharset: 'utf8' });
    parts.on('field', (field, value) => seen.push(`field "${field}" of ${value.length} bytes`));
    parts.on('file', (field, file, info) => { seen.push(`file "${field}" ${info.filename}`); file.resume(); });
    return parts;
  },
}[parser];
const server = createServer((request, response) => {
  const parts = listen(request);
  parts.on('error', (error) => seen.push(`error ${error.message}`));
  request.pipe(parts);
  request.on('end', () => setTimeout(() => response.end(), 300));
});
const senders = {
  async fetch(url) {
    const form = new FormData();
    form.append('meta', '{}');
    form.append('file', new Blob([image], { type: 'image/png' }), name);
    await fetch(url, { method: 'POST', body: form });
  },
  async curl(url) {
    writeFileSync(name, image);
    await new Promise((done) => execFile('curl', ['-s', '-F', 'meta={}', '-F', `file=@${name};type=image/png`, url], done));
  },
};
server.listen(0, '127.0.0.1', async () => {
  await senders[sender](`http://127.0.0.1:${server.address().port}/`);
  console.log(seen.join(', '));
  server.close();
  server.closeAllConnections();
});
JS
for sender in fetch curl; do
  sees "$sender, coupon.png" 'field "meta" of 2 bytes, file "file" coupon.png' "$(node read.cjs multipasta $sender coupon.png)"
  sees "$sender, 头图.png" 'field "meta" of 2 bytes, field "" of 7 bytes' "$(node read.cjs multipasta $sender 头图.png)"
  sees "$sender, 头图.png, busboy" 'field "meta" of 2 bytes, file "file" 头图.png' "$(node read.cjs busboy $sender 头图.png)"
done
