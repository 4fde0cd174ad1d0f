#!/usr/bin/env bash
# The caches of Varnish and Apache httpd answer HEAD with 206 and a Content-Range when it carries Range.
#
# Versions: varnish 7.1.1-2+deb12u1, apache2-bin 2.4.71-1~deb12u1 (Debian 12).
# Source:   RFC 9110 14.2: Range is defined for GET alone, and a server must ignore it with any other method.
# Expected: HEAD with Range is answered as HEAD without: 200 and the whole length. The origin here, which knows no ranges, says so.
# Seen:     206, the length of the part, and its Content-Range, from both once the picture is stored (Squid 5.7 likewise). A download
#           manager that asks HEAD with Range for the size reads the size of a part.

. "$(dirname "$0")/frame/frame.bash"
need python3 curl cc
debian varnish=7.1.1-2+deb12u1 libvarnishapi3=7.1.1-2+deb12u1 \
  apache2-bin=2.4.71-1~deb12u1 libapr1=1.7.2-3+deb12u1 libaprutil1=1.6.3-1+deb12u1
origin 'ETag: "v1"' 'Cache-Control: max-age=600'
varnish
apache=$(free_port)
{
  for module in mpm_event authz_core proxy proxy_http cache cache_disk; do
    echo "LoadModule ${module}_module $work/debian/usr/lib/apache2/modules/mod_$module.so"
  done
  printf '%s\n' "ServerRoot $work" 'ServerName localhost' "PidFile $work/httpd.pid" "ErrorLog $work/httpd.log" \
    "Listen 127.0.0.1:$apache" "CacheRoot $work/cache" 'CacheEnable disk /' "ProxyPass / http://127.0.0.1:$origin/"
  if [ "$(id -u)" = 0 ]; then echo 'User nobody'; fi
} >httpd.conf
mkdir cache
chmod 777 cache
chmod 755 "$work"
serve "$apache" unpacked usr/sbin/apache2 -X -f "$work/httpd.conf"
head_of() {
  curl -s -I "${@:2}" "http://127.0.0.1:$1/a.png" | tr -d '\r' |
    awk '/^HTTP/ { status = $2 } { v[tolower($1)] = $2 " " $3 } END { print status ", " v["content-length:"] v["content-range:"] }'
}
for name in origin varnish apache; do
  curl -s -o /dev/null "http://127.0.0.1:${!name}/a.png"
  sleep 0.5
  sees "$name, HEAD" '200, 1000 ' "$(head_of "${!name}")"
done
sees 'origin, HEAD with Range' '200, 1000 ' "$(head_of "$origin" -r 0-9)"
sees 'varnish, HEAD with Range' '206, 10 bytes 0-9/1000' "$(head_of "$varnish" -r 0-9)"
sees 'apache, HEAD with Range' '206, 10 bytes 0-9/1000' "$(head_of "$apache" -r 0-9)"
