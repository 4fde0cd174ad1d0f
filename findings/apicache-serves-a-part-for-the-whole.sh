#!/usr/bin/env bash
# apicache before express.static: whoever asks first for ten bytes of a picture leaves these ten bytes, with 206, for everybody else.
#
# Versions: apicache 1.6.3, express 4.22.1 (npm).
# Source:   RFC 9110, 15.3.7: 206 answers a request for a range; RFC 9111, 3.3: a cache that does not know ranges must not store
#           it. apicache's README has its middleware stand before any route, and express.static answers ranges by default.
# Expected: a request without Range is answered 200 with the whole picture, whoever asked before.
# Seen:     206 with the first one's ten bytes, as long as the entry is kept: the key is the path alone, and a 206 is stored.

. "$(dirname "$0")/frame/frame.bash"
need node npm
get npm install --no-audit --no-fund apicache@1.6.3 express@4.22.1
mkdir pictures
head -c 1000 /dev/zero >pictures/a.png
head -c 1000 /dev/zero >pictures/b.png
cat >ask.cjs <<'JS'
const http = require('node:http');
const apicache = require('apicache');
const express = require('express');

const app = express();
if (process.argv[2] === 'cached') app.use(apicache.middleware('5 minutes'));
app.use(express.static('pictures'));
const server = app.listen(0, '127.0.0.1', async () => {
  const said = [];
  for (const [path, headers] of [
    ['/a.png', { Range: 'bytes=0-9' }],
    ['/a.png', {}],
    ['/b.png', {}],
    ['/b.png', { Range: 'bytes=0-9' }],
  ])
    said.push(await ask(path, headers));
  console.log(said.join(' | '));
  // The cache's own timers would keep the program for five minutes.
  process.exit();
});

function ask(path, headers) {
  return new Promise((resolve) => {
    http.get({ host: '127.0.0.1', port: server.address().port, path, headers, agent: false }, (response) => {
      let length = 0;
      response.on('data', (bytes) => {
        length += bytes.length;
      });
      response.on('end', () => resolve(`${response.statusCode}, ${length} bytes`));
    });
  });
}
JS
sees 'without the cache: a part, the whole | the whole, a part' \
  '206, 10 bytes | 200, 1000 bytes | 200, 1000 bytes | 206, 10 bytes' "$(node ask.cjs)"
sees 'with it: a part, the whole | the whole, a part' \
  '206, 10 bytes | 206, 10 bytes | 200, 1000 bytes | 200, 1000 bytes' "$(node ask.cjs cached)"
