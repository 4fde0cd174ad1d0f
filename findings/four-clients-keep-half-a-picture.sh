#!/usr/bin/env bash
# A download that breaks off is a success to four clients: GNU Wget says "saved" with exit 0, the others give status 200 and half a picture.
#
# Versions: wget 1.21.3-1+deb12u1, libmojolicious-perl 9.31+dfsg-1, guile-3.0 3.0.8-2, swi-prolog-core-packages 9.0.4+dfsg-2 (Debian 12);
#           curl and Perl's own HTTP::Tiny beside them.
# Source:   RFC 9112 8: a chunked message without its last chunk of length zero is incomplete, and so is one that is shorter than its
#           Content-Length; a client must not take an incomplete response for a complete one. wget(1): exit status 4, network failure.
# Expected: an error for each response whose connection ends before the response does.
# Seen:     Wget reports a response that ends inside a chunk as saved, and Guile one that ends inside or between chunks, though each notices a
#           missing end in another place: Wget between chunks and by length, Guile by length. Mojo::UserAgent notices none, nor does
#           SWI-Prolog's http_open by length.

. "$(dirname "$0")/frame/frame.bash"
need python3 curl perl
debian wget=1.21.3-1+deb12u1 libmojolicious-perl=9.31+dfsg-1 guile-3.0=3.0.8-2 guile-3.0-libs=3.0.8-2 libgc1=1:8.2.2-3 libunistring2=1.0-2 \
  swi-prolog-core=9.0.4+dfsg-2 swi-prolog-core-packages=9.0.4+dfsg-2
cat >server.py <<'PY'
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HALF = bytes(60_000)
BODIES = {
    '/whole': (('Content-Length', '60000'), HALF),
    '/length': (('Content-Length', '100000'), HALF),
    '/between': (('Transfer-Encoding', 'chunked'), b'ea60\r\n' + HALF + b'\r\n'),
    '/inside': (('Transfer-Encoding', 'chunked'), b'186a0\r\n' + HALF),
}

class Server(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        header, body = BODIES[self.path]
        self.send_response(200)
        self.send_header('Content-Type', 'image/png')
        self.send_header(*header)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Server).serve_forever()
PY
cat >get.pl <<'PERL'
use Mojo::UserAgent;
my $response = eval { Mojo::UserAgent->new->get($ARGV[0])->result };
print $response ? $response->code . ', ' . length($response->body) . ' bytes' : "error: $@";
PERL
cat >tiny.pl <<'PERL'
use HTTP::Tiny;
my $response = HTTP::Tiny->new->get($ARGV[0]);
print $response->{success} ? "$response->{status}, " . length($response->{content}) . ' bytes' : 'error';
PERL
cat >get.scm <<'SCHEME'
(use-modules (web client) (web response) (rnrs bytevectors))
(display (catch #t
  (lambda () (call-with-values (lambda () (http-get (cadr (command-line)) #:decode-body? #f))
    (lambda (response body) (format #f "~a, ~a bytes" (response-code response) (bytevector-length body)))))
  (lambda _ "error")))
SCHEME
cat >get.pro <<'PROLOG'
:- use_module(library(http/http_open)).
:- initialization(main, main).
main :- current_prolog_flag(argv, [Url|_]), catch(fetch(Url), _, write(error)).
fetch(Url) :- http_open(Url, Stream, [status_code(Code)]), set_stream(Stream, encoding(octet)), read_string(Stream, _, Body),
  string_length(Body, Length), format("~w, ~w bytes", [Code, Length]).
PROLOG
root=$work/debian
port=$(free_port)
serve "$port" python3 server.py "$port"
curl_() { curl -s -o picture "$1"; echo "exit $?, $(stat -c %s picture) bytes"; }
wget_() { (unpacked usr/bin/wget -q -t 1 -O picture "$1"); echo "exit $?, $(stat -c %s picture) bytes"; }
tiny() { perl tiny.pl "$1"; }
mojo() { PERL5LIB=$root/usr/share/perl5 perl get.pl "$1"; }
guile() {
  GUILE_LOAD_PATH=$root/usr/share/guile/3.0 GUILE_LOAD_COMPILED_PATH=$root/usr/lib/x86_64-linux-gnu/guile/3.0/ccache \
    unpacked usr/bin/guile-3.0 --no-auto-compile -s get.scm "$1"
}
prolog() { SWI_HOME_DIR=$root/usr/lib/swi-prolog unpacked usr/bin/swipl get.pro "$1"; }
fetch() { "$1" "http://127.0.0.1:$port/$2" 2>/dev/null; }
sees 'wget, the whole' 'exit 0, 60000 bytes' "$(fetch wget_ whole)"
for client in mojo guile prolog tiny; do sees "$client, the whole" '200, 60000 bytes' "$(fetch "$client" whole)"; done
for end in length between inside; do
  sees "curl, $end" 'exit 18, 60000 bytes' "$(fetch curl_ "$end")"
  sees "HTTP::Tiny, $end" 'error' "$(fetch tiny "$end")"
  sees "Mojo, $end" '200, 60000 bytes' "$(fetch mojo "$end")"
done
sees 'wget, length' 'exit 4, 60000 bytes' "$(fetch wget_ length)"
sees 'wget, between' 'exit 4, 60000 bytes' "$(fetch wget_ between)"
sees 'wget, inside' 'exit 0, 60000 bytes' "$(fetch wget_ inside)"
sees 'Guile, length' 'error' "$(fetch guile length)"
sees 'Guile, between' '200, 60000 bytes' "$(fetch guile between)"
sees 'Guile, inside' '200, 60000 bytes' "$(fetch guile inside)"
sees 'SWI-Prolog, length' '200, 60000 bytes' "$(fetch prolog length)"
