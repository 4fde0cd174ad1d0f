#!/usr/bin/env bash
# lighttpd cuts the connection in place of a range, if the back end sends a long response whole.
#
# Versions: lighttpd 1.4.69-1 (Debian 12).
# Source:   lighttpd's server.range-requests (on by default) gives ranges of what a back end sends whole; RFC 9110 14.2: a server may
#           ignore Range, and then the response is 200.
# Expected: 206 with the part, as of a response of 200,000 bytes, or 200 with the whole.
# Seen:     of 2,000,000 bytes at most the head of a 206, and the end of the connection; the error log says that the file in which lighttpd
#           collected the response is not there, since lighttpd has removed it. With server.stream-response-body = 2: 200 with the whole.

. "$(dirname "$0")/frame/frame.bash"
need python3 curl
debian lighttpd=1.4.69-1
cat >origin.py <<'PY'
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b'x' * int(self.path.strip('/'))
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()
PY
origin=$(free_port)
serve "$origin" python3 origin.py "$origin"
front=$(free_port)
mkdir spool
start() {
  cat >"$2.conf" <<CONF
server.modules = ("mod_proxy")
server.document-root = "$work"
server.bind = "127.0.0.1"
server.port = $1
server.errorlog = "$work/$2.log"
server.upload-dirs = ("$work/spool")
proxy.server = ("" => (("host" => "127.0.0.1", "port" => $origin)))
$3
CONF
  serve "$1" unpacked usr/sbin/lighttpd -D -m "$work/debian/usr/lib/lighttpd" -f "$work/$2.conf"
}
start "$front" collecting ''
ask() { curl -s -o /dev/null -w '%{http_code}' -H "Range: bytes=$1" "http://127.0.0.1:$2/$3"; [ $? = 0 ] && echo ', whole' || echo ', cut'; }
seen() { ask "$@" | sed 's/.*cut/cut/'; }
sees 'one range of 200,000 bytes' '206, whole' "$(seen 10-19 "$front" 200000)"
sees 'one range of 2,000,000 bytes' 'cut' "$(seen 10-19 "$front" 2000000)"
sees 'two ranges of 2,000,000 bytes' 'cut' "$(seen 10-19,1999000-1999009 "$front" 2000000)"
sees 'the error log' 'open failed … No such file or directory' "$(sed -n '0,/open failed/s/.*\(open failed\).*\(No such.*\)/\1 … \2/p' collecting.log)"
passing=$(free_port)
start "$passing" passing 'server.stream-response-body = 2'
sees 'one range, with server.stream-response-body = 2' '200, whole' "$(seen 10-19 "$passing" 2000000)"
