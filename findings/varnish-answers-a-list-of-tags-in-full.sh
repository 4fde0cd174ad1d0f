#!/usr/bin/env bash
# Varnish sends a stored picture whole to a client that has it, when If-None-Match names its tag beside another, or says "*".
#
# Versions: varnish 7.1.1-2+deb12u1 (Debian 12).
# Source:   RFC 9110 13.1.2: If-None-Match is a list of tags or "*", and a match of any of them is answered with 304; 9111 4.3.1:
#           caches that hold several variants send such lists.
# Expected: 304 in each of these cases, as Apache httpd's cache, Squid and nginx answer.
# Seen:     304 where the header holds the one tag, weak or strong; 200 with the whole body where it is a list or "*".

. "$(dirname "$0")/frame/frame.bash"
need python3 curl cc
debian varnish=7.1.1-2+deb12u1 libvarnishapi3=7.1.1-2+deb12u1
origin 'ETag: "v1"' 'Cache-Control: max-age=600'
varnish
ask() { curl -s -o /dev/null -w '%{http_code}, %{size_download} bytes' "$@" "http://127.0.0.1:$varnish/a.png"; }
sees 'first request' '200, 1000 bytes' "$(ask)"
sees 'If-None-Match: "v1"' '304, 0 bytes' "$(ask -H 'If-None-Match: "v1"')"
sees 'If-None-Match: W/"v1"' '304, 0 bytes' "$(ask -H 'If-None-Match: W/"v1"')"
sees 'If-None-Match: "v0", "v1"' '200, 1000 bytes' "$(ask -H 'If-None-Match: "v0", "v1"')"
sees 'If-None-Match: "v1", "v0"' '200, 1000 bytes' "$(ask -H 'If-None-Match: "v1", "v0"')"
sees 'If-None-Match: *' '200, 1000 bytes' "$(ask -H 'If-None-Match: *')"
