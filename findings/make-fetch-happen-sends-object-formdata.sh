#!/usr/bin/env bash
# A form that is given to make-fetch-happen arrives as the text "[object FormData]", without an error.
#
# Versions: make-fetch-happen 15.0.3 with minipass-fetch 5.0.2 (npm); Node's own fetch beside it.
# Source:   make-fetch-happen's README: "This function implements most of the fetch API", of which a FormData as body is a part: the Fetch
#           standard sends it as multipart/form-data.
# Expected: multipart/form-data, as by fetch, or a TypeError for a body of an unknown kind.
# Seen:     Content-Type: text/plain and 17 bytes; a server that does not look at the form answers 200, and the image is nowhere.

. "$(dirname "$0")/frame/frame.bash"
need node npm
get npm install --no-audit --no-fund make-fetch-happen@15.0.3 minipass-fetch@5.0.2
cat >send.cjs <<'JS'
const { createServer } = require('node:http');
const clients = { 'make-fetch-happen': require('make-fetch-happen'), fetch };

const server = createServer(async (request, response) => {
  let body = '';
  for await (const bytes of request) body += bytes;
  const isForm = request.headers['content-type'].startsWith('multipart/form-data; boundary=');
  response.end(isForm && body.includes('name="file"; filename="a.png"') ? 'a form' : `${request.headers['content-type']}, ${body}`);
});
server.listen(0, '127.0.0.1', async () => {
  const form = new FormData();
  form.set('file', new Blob(['a picture']), 'a.png');
  const url = `http://127.0.0.1:${server.address().port}`;
  const response = await clients[process.argv[2]](url, { method: 'POST', body: form });
  console.log(response.status, await response.text());
  server.close();
});
JS
sees 'by make-fetch-happen' '200 text/plain;charset=UTF-8, [object FormData]' "$(node send.cjs make-fetch-happen)"
sees "by Node's fetch" '200 a form' "$(node send.cjs fetch)"
