#!/usr/bin/env bash
# A picture that Python's requests sends by its name and bytes alone is a text field to formidable, and its bytes are lost.
#
# Versions: requests 2.32.5 (PyPI), formidable 3.5.4 (npm).
# Source:   RFC 7578 4.4: a part's Content-Type is optional; requests' quickstart: name and content in a tuple are "received as files".
# Expected: a file of the given name, since the part has a filename; busboy, multiparty and the rest go by it.
# Seen:     requests writes no Content-Type for such a part, formidable goes by Content-Type, and the field's value is the picture read
#           as UTF-8, so that what is no UTF-8 in it is gone. With a type given it is a file.

. "$(dirname "$0")/frame/frame.bash"
need node npm python3
get npm install --no-audit --no-fund formidable@3.5.4
get python3 -m venv venv
get venv/bin/pip install requests==2.32.5
cat >server.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { formidable } from 'formidable';

createServer(async (request, response) => {
  const [fields, files] = await formidable({ uploadDir: '.' }).parse(request);
  const said = [];
  for (const [name, [value]] of Object.entries(fields)) said.push(`field ${name}, begins with ${Buffer.from(value).toString('hex', 0, 8)}`);
  for (const [name, [file]] of Object.entries(files)) {
    said.push(`file ${name}, ${file.originalFilename}, begins with ${readFileSync(file.filepath).toString('hex', 0, 8)}`);
  }
  response.end(said.join('; '));
}).listen(Number(process.argv[2]), '127.0.0.1');
JS
cat >send.py <<'PY'
import sys
import requests

picture = b'\x89PNG\r\n\x1a\n' + bytes(range(256))
part = ('a.png', picture, 'image/png') if sys.argv[2] == 'typed' else ('a.png', picture)
print(requests.post('http://127.0.0.1:' + sys.argv[1], files={'file': part}).text)
PY
port=$(free_port)
serve "$port" node server.mjs "$port"
sees 'name and bytes' 'field file, begins with efbfbd504e470d0a' "$(venv/bin/python send.py "$port" plain)"
sees 'name, bytes and type' 'file file, a.png, begins with 89504e470d0a1a0a' "$(venv/bin/python send.py "$port" typed)"
