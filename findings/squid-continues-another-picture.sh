#!/usr/bin/env bash
# Squid goes on with a stored picture where the client holds the beginning of another one: If-Range's date need not match.
#
# Versions: squid 5.7-2+deb12u6 (Debian 12), varnish 7.1.1-2+deb12u1 beside it.
# Source:   RFC 9110 13.1.5: a date in If-Range must be exactly the Last-Modified of what is there; otherwise Range is ignored and
#           the whole is sent, so that a download that was broken off is not continued with the bytes of another version.
# Expected: 206 for the date of the stored picture alone, 200 for any other, as Varnish answers.
# Seen:     206 for every later date as well: a picture that was put back to an older version is appended to the newer one's beginning.

. "$(dirname "$0")/frame/frame.bash"
need python3 curl cc
debian squid=5.7-2+deb12u6 squid-common=5.7-2+deb12u6 squid-langpack=20220130-1 \
  libecap3=1.0.1-3.4 libtdb1=1.4.8-2 libltdl7=2.4.7-7~deb12u1 \
  libnetfilter-conntrack3=1.0.9-3 libnfnetlink0=1.0.2-2 varnish=7.1.1-2+deb12u1 libvarnishapi3=7.1.1-2+deb12u1
origin 'Last-Modified: Fri, 27 Nov 2026 10:00:00 GMT' 'Cache-Control: max-age=600'
varnish
squid=$(free_port)
mkdir logs
chmod 755 "$work"
chmod 777 logs
cat >squid.conf <<CONF
http_port 127.0.0.1:$squid accel defaultsite=127.0.0.1
cache_peer 127.0.0.1 parent $origin 0 no-query no-digest originserver
http_access allow all
cache_mem 16 MB
cache_effective_user nobody
pid_filename none
access_log none
cache_log $work/logs/cache.log
mime_table $work/debian/usr/share/squid/mime.conf
error_directory $work/debian/usr/share/squid/errors/templates
icon_directory $work/debian/usr/share/squid/icons
unlinkd_program $work/debian/usr/lib/squid/unlinkd
pinger_enable off
netdb_filename none
shutdown_lifetime 0 seconds
CONF
serve "$squid" unpacked usr/sbin/squid -N -f "$work/squid.conf"
ask() {
  curl -s -o /dev/null -w "%{http_code}, %{size_download} bytes" -r 500- -H "If-Range: Fri, 27 Nov 2026 $2 GMT" \
    "http://127.0.0.1:${!1}/a.png"
}
for name in squid varnish; do curl -s -o /dev/null "http://127.0.0.1:${!name}/a.png"; done
sleep 0.5
for name in squid varnish; do
  sees "$name, the date of the stored one" '206, 500 bytes' "$(ask "$name" 10:00:00)"
  sees "$name, an earlier date" '200, 1000 bytes' "$(ask "$name" 09:00:00)"
done
sees 'varnish, a later date' '200, 1000 bytes' "$(ask varnish 11:00:00)"
sees 'squid, a later date' '206, 500 bytes' "$(ask squid 11:00:00)"
