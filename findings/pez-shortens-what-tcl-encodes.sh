#!/usr/bin/env bash
# hapi's form parser shortens an image that Tcl's mime package sends, and spoils it where the body arrives in more than one piece.
#
# Versions: tcllib 1.21+dfsg-1 (Debian 12), @hapi/pez 6.1.1 with @hapi/b64 6.0.1 (npm; @hapi/hapi reads every form by it).
# Source:   RFC 2045 6.8: line breaks in base64 are to be ignored, wherever they are; @hapi/pez decodes a part whose header says base64.
# Expected: the image's bytes, however the body is cut, or a form that is refused.
# Seen:     in one piece, the last byte is missing unless the text ends with two "=". Where a piece ends inside a group of four characters,
#           the characters of that group are dropped, and from there on the image is other bytes. No error either way.

. "$(dirname "$0")/frame/frame.bash"
need node npm tclsh python3
debian tcllib=1.21+dfsg-1
get npm install --no-audit --no-fund @hapi/pez@6.1.1 @hapi/b64@6.0.1
cat >send.tcl <<'TCL'
lappend auto_path [lindex $argv 0]
package require mime
set file [mime::initialize -canonical image/png -file a.png -header {Content-Disposition {form-data; name="file"; filename="a.png"}}]
set body [mime::buildmessage [mime::initialize -canonical multipart/form-data -parts [list $file]]]
set out [open body wb]
puts -nonewline $out $body
close $out
TCL
cat >read.cjs <<'JS'
const { readFileSync } = require('node:fs');
const { Readable } = require('node:stream');
const { Dispenser } = require('@hapi/pez');

const message = readFileSync('body', 'latin1');
const head = message.indexOf('\r\n\r\n');
const boundary = /boundary="([^"]+)"/.exec(message.slice(0, head))[1];
const body = Buffer.from(message.slice(head + 4), 'latin1');
const length = Number(process.argv[2]);
const cut = process.argv[3] === 'one piece' ? body.length : body.indexOf('\r\n\r\n') + 4 + 700 * 78 + 2; // lines of 76 characters and CRLF
const right = Buffer.from(Array.from({ length }, (_, at) => (at * 7) % 251));
const parser = new Dispenser({ boundary });
parser.once('part', async (part) => {
  const pieces = [];
  for await (const piece of part) pieces.push(piece);
  const got = Buffer.concat(pieces);
  const same = right.findIndex((byte, at) => byte !== got[at]);
  console.log(same === -1 ? 'as sent' : same < length - 3 ? `as sent for ${same} bytes` : `the end differs, ${got.length} bytes`);
});
parser.once('error', (error) => console.log(`error: ${error.message}`));
Readable.from([body.subarray(0, cut), body.subarray(cut)]).pipe(parser);
JS
for length in 90000 90001; do
  case $length in 90000) whole='the end differs, 89999 bytes' ;; *) whole='as sent' ;; esac
  python3 -c "import sys; sys.stdout.buffer.write(bytes(at * 7 % 251 for at in range($length)))" >a.png
  get tclsh send.tcl "$work/debian/usr/share/tcltk"
  sees "$length bytes, how they are written" 'Content-Transfer-Encoding: base64' "$(grep -a -m1 '^Content-Transfer' body | tr -d '\r')"
  sees "$length bytes, in one piece" "$whole" "$(node read.cjs "$length" 'one piece')"
  sees "$length bytes, in two pieces" 'as sent for 39901 bytes' "$(node read.cjs "$length" 'two pieces')"
done
