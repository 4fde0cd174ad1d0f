#!/usr/bin/env bash
# A picture that got uploads comes out of streaming-form-data longer or shorter than it was, and nothing is raised.
#
# Versions: got 14.6.6 (npm), streaming-form-data 2.1.0 (PyPI).
# Source:   RFC 2046 5.1.1: what follows the close delimiter (an epilogue) is to be ignored; the library has a
#           ParseFailedException for what it cannot read.
# Expected: the file's bytes, however the body is cut into chunks.
# Seen:     got ends a form with two CRLF where most clients write one or none. Then the close delimiter is added to the file, or
#           the end of the file is missing, by where the last chunk begins. Ruby's httpclient, faraday and multipart-post end so, too.

. "$(dirname "$0")/frame/frame.bash"
need node npm python3
get npm install --no-audit --no-fund got@14.6.6
get python3 -m venv venv
get venv/bin/pip install streaming-form-data==2.1.0
cat >send.mjs <<'JS'
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import got from 'got';

const server = createServer(async (request, response) => {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  writeFileSync('body', Buffer.concat(pieces));
  writeFileSync('type', request.headers['content-type']);
  response.end();
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const picture = Uint8Array.from({ length: 100_000 }, (_, at) => (at * 7) % 251);
const body = new FormData();
body.set('meta', '{"filename":"a.png"}');
body.set('file', new Blob([picture], { type: 'image/png' }), 'a.png');
await got.post(`http://127.0.0.1:${server.address().port}/`, { body });
server.close();
JS
get node send.mjs
cat >read.py <<'PY'
import sys
from streaming_form_data import StreamingFormDataParser
from streaming_form_data.targets import ValueTarget

body, size = open('body', 'rb').read(), int(sys.argv[1])
if sys.argv[2] == 'one':
    body = body[:-2]
parser, file = StreamingFormDataParser({'Content-Type': open('type').read()}), ValueTarget()
parser.register('file', file)
for at in range(0, len(body), size):
    parser.data_received(body[at:at + size])
right = bytes(at * 7 % 251 for at in range(100_000))
same = next((at for at, pair in enumerate(zip(right, file.value)) if pair[0] != pair[1]), min(len(right), len(file.value)))
print(f'{"right" if file.value == right else "longer" if len(file.value) > len(right) else "shorter"}, {same} bytes as they were')
PY
sees 'how got ends a form' '\r\n\r\n' "$(tail -c 4 body | od -An -c | tr -d ' ')"
sees 'in one piece' 'longer, 100000 bytes as they were' "$(venv/bin/python read.py 1000000 two)"
sees 'in pieces of 1,024 bytes' 'shorter, 99093 bytes as they were' "$(venv/bin/python read.py 1024 two)"
sees 'with one CRLF, in one piece' 'right, 100000 bytes as they were' "$(venv/bin/python read.py 1000000 one)"
sees 'with one CRLF, in pieces of 1,024 bytes' 'right, 100000 bytes as they were' "$(venv/bin/python read.py 1024 one)"
