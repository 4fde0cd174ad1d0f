#!/usr/bin/env bash
# nginx's cache takes a new lifetime from a 304, and goes on sending the headers of the first answer.
#
# Versions: nginx 1.22.1-9+deb12u11 (Debian 12).
# Source:   RFC 9111 4.3.4: a cache that validates a stored response by a 304 must update its header fields by those of the 304;
#           nginx's documentation has proxy_cache_revalidate revalidate expired items, and names no exception.
# Expected: after the 304, Cache-Control and the others as the origin said them last; so do Squid, Varnish and Apache httpd.
# Seen:     the origin's 304 says max-age=600, and nginx does not ask again, so that it has read it; each client is told max-age=1
#           from the first answer, and comes back every second.

. "$(dirname "$0")/frame/frame.bash"
need python3 curl
debian nginx=1.22.1-9+deb12u11
cat >revalidating.py <<'PY'
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Origin(BaseHTTPRequestHandler):
    def do_GET(self):
        known = self.headers['If-None-Match'] == '"v1"'
        self.send_response(304 if known else 200)
        self.send_header('ETag', '"v1"')
        self.send_header('Cache-Control', 'max-age=600' if known else 'max-age=1')
        self.send_header('X-Said-By', 'the 304' if known else 'the 200')
        if not known:
            self.send_header('Content-Length', '3')
        self.end_headers()
        if not known:
            self.wfile.write(b'png')
        with open('asked', 'a') as asked:
            asked.write('asked\n')

HTTPServer(('127.0.0.1', int(sys.argv[1])), Origin).serve_forever()
PY
origin=$(free_port)
serve "$origin" python3 revalidating.py "$origin"
nginx=$(free_port)
cat >nginx.conf <<CONF
daemon off; master_process off; pid $work/pid; error_log stderr; events {}
http {
  access_log off; proxy_cache_path $work/cache keys_zone=pictures:1m;
  client_body_temp_path $work/a; proxy_temp_path $work/b; fastcgi_temp_path $work/c; uwsgi_temp_path $work/d; scgi_temp_path $work/e;
  server {
    listen 127.0.0.1:$nginx;
    location / { proxy_pass http://127.0.0.1:$origin; proxy_cache pictures; proxy_cache_revalidate on; }
  }
}
CONF
serve "$nginx" unpacked usr/sbin/nginx -e stderr -c "$work/nginx.conf"
ask() {
  curl -s -D - -o /dev/null "http://127.0.0.1:$nginx/a.png" | tr -d '\r' |
    sed -n 's/^\(Cache-Control\|X-Said-By\): //p' | sort | paste -sd, -
}
sees 'first' 'max-age=1,the 200' "$(ask)"
sleep 3
sees 'after its second, so that the origin is asked and answers 304' 'max-age=1,the 200' "$(ask)"
sleep 3
sees 'three seconds later' 'max-age=1,the 200' "$(ask)"
sees 'times that the origin was asked' '2' "$(wc -l <asked | tr -d ' ')"
