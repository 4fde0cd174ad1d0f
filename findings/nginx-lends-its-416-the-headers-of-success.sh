#!/usr/bin/env bash
# nginx's add_header writes Cache-Control and ETag also onto 416, where its documentation has it write nothing.
#
# Versions: nginx 1.22.1-9+deb12u11 (Debian 12).
# Source:   nginx's documentation of add_header: the field is added if the response code equals 200, 201, 204, 206, 301, 302, 303, 304, 307
#           or 308, and to others with "always" alone.
# Expected: a range beyond the end of a picture is answered 416 without the fields, as a picture that is not there is answered 404 without.
# Seen:     the 416 has them: "immutable, for a year" stands on a refusal. Fields are written before the range is judged.

. "$(dirname "$0")/frame/frame.bash"
need python3 curl
debian nginx=1.22.1-9+deb12u11
nginx=$(free_port)
mkdir pictures
head -c 1000 /dev/zero >pictures/a.png
chmod 755 "$work"
cat >nginx.conf <<CONF
daemon off; master_process off; pid $work/pid; error_log stderr; events {}
http {
  access_log off;
  client_body_temp_path $work/a; proxy_temp_path $work/b; fastcgi_temp_path $work/c; uwsgi_temp_path $work/d; scgi_temp_path $work/e;
  server {
    listen 127.0.0.1:$nginx;
    root $work/pictures;
    add_header Cache-Control "max-age=31536000, immutable";
    add_header X-Added yes;
  }
}
CONF
serve "$nginx" unpacked usr/sbin/nginx -e stderr -c "$work/nginx.conf"
ask() {
  curl -s -D - -o /dev/null "${@:2}" "http://127.0.0.1:$nginx/$1" | tr -d '\r' |
    awk '/^HTTP/ { status = $2 } /^(Cache-Control|X-Added)/ { sub(/^[^:]*: /, ""); added = added " | " $0 } END { print status added }'
}
sees 'a picture' '200 | max-age=31536000, immutable | yes' "$(ask a.png)"
sees 'a part of it' '206 | max-age=31536000, immutable | yes' "$(ask a.png -r 0-9)"
sees 'no such picture' '404' "$(ask b.png)"
sees 'another method' '405' "$(ask a.png -X POST -d x)"
sees 'a condition that fails' '412' "$(ask a.png -H 'If-Match: "other"')"
sees 'a part beyond its end' '416 | max-age=31536000, immutable | yes' "$(ask a.png -r 5000-)"
