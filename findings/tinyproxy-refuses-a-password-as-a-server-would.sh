#!/usr/bin/env bash
# tinyproxy asks for a password with 407, and answers a wrong one with 401, as if the server behind it had refused.
#
# Versions: tinyproxy-bin 1.11.1-2.1+deb12u1 (Debian 12).
# Source:   RFC 9110, 11.7.1 and 15.5.8: credentials for a proxy that are missing or not accepted are answered 407 with
#           Proxy-Authenticate; 401 with WWW-Authenticate is a server's (15.5.2).
# Expected: 407 in both cases, as Squid does.
# Seen:     407 without credentials, 401 with WWW-Authenticate with wrong ones, also to CONNECT. A client of a signed API that
#           reads the status of its upload finds "401", which is what that API says of a bad signature.

. "$(dirname "$0")/frame/frame.bash"
need python3 curl
debian tinyproxy-bin=1.11.1-2.1+deb12u1
origin 'ETag: "v1"'
port=$(free_port)
cat >tinyproxy.conf <<CONF
Port $port
Listen 127.0.0.1
Timeout 60
BasicAuth office secret
ConnectPort $origin
CONF
serve "$port" unpacked usr/bin/tinyproxy -d -c "$work/tinyproxy.conf"
ask() {
  curl -s -o /dev/null -D - "$@" "http://127.0.0.1:$origin/a.png" | tr -d '\r' |
    awk '/^HTTP/ { status = status $2 " " } /^(Proxy|WWW)-Authenticate/ { wants = $1 } END { print status wants }'
}
sees 'the right password' '200 ' "$(ask -x "http://office:secret@127.0.0.1:$port")"
sees 'no password' '407 Proxy-Authenticate:' "$(ask -x "http://127.0.0.1:$port")"
sees 'a wrong password' '401 WWW-Authenticate:' "$(ask -x "http://office:guess@127.0.0.1:$port")"
sees 'no password, CONNECT' '407 Proxy-Authenticate:' "$(ask -p -x "http://127.0.0.1:$port")"
sees 'a wrong password, CONNECT' '401 WWW-Authenticate:' "$(ask -p -x "http://office:guess@127.0.0.1:$port")"
