# Sourced by every finding: a temporary folder that goes away, and these verbs.
#   need TOOL…            exits 2 where a tool is not there
#   get COMMAND…          runs an installation quietly; exits 2 with its last lines where it fails
#   debian PACKAGE=V…     unpacks Debian packages below ./debian, and installs nothing
#   unpacked PROGRAM…     runs a program from there, with the libraries from there
#   free_port             prints a port of 127.0.0.1 that nobody listens at
#   serve PORT COMMAND…   starts a server, waits until it listens, and ends it with the script
#   origin HEADER…        starts a web server that sends 1,000 bytes with these headers whatever was asked; its port is $origin
#   varnish               starts the unpacked Varnish as a cache of that origin; its port is $varnish
#   sees LABEL SEEN-WHEN-WRITTEN SEEN-NOW
# The script exits 0 while everything is as it was when it was written, and 1 when anything is not.
set -uo pipefail
finding=$(realpath "$0")
name=$(basename "$finding" .sh)
sed -n '2,/^$/s/^# \{0,1\}//p' "$finding"
work=$(mktemp -d)
changed=0
children=()
finish() {
  status=$?
  for child in ${children[@]+"${children[@]}"}; do kill "$child" 2>/dev/null; done
  wait 2>/dev/null
  chmod -R u+w "$work" 2>/dev/null
  rm -rf "$work"
  if [ "$status" = 0 ] && [ "$changed" = 1 ]; then status=1; fi
  exit "$status"
}
trap finish EXIT
cd "$work" || exit 2

cannot() { echo "$name: could not run: $*"; exit 2; }

need() { for tool; do command -v "$tool" >/dev/null || cannot "$tool is not installed"; done; }

get() { "$@" >"$work/.get.log" 2>&1 </dev/null || { tail -n 5 "$work/.get.log"; cannot "$*"; }; }

debian() {
  need apt-get dpkg-deb
  get apt-get download "$@"
  mkdir -p debian
  for package in *.deb; do get dpkg-deb -x "$package" debian; done
}

unpacked() {
  local root=$work/debian program=$1
  shift
  LD_LIBRARY_PATH=$root/usr/lib/x86_64-linux-gnu:$root/usr/lib/x86_64-linux-gnu/varnish exec "$root/$program" "$@"
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

serve() {
  local port=$1
  shift
  ("$@") >"$work/.serve.$port.log" 2>&1 </dev/null &
  children+=($!)
  for _ in $(seq 100); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then return; fi
    sleep 0.1
  done
  tail -n 5 "$work/.serve.$port.log"
  cannot "no server at its port: $*"
}

origin() {
  origin=$(free_port)
  serve "$origin" python3 "$(dirname "$finding")/frame/origin.py" "$origin" "$@"
}

varnish() {
  varnish=$(free_port)
  printf 'vcl 4.1;\nbackend default { .host = "127.0.0.1"; .port = "%s"; }\n' "$origin" >default.vcl
  serve "$varnish" unpacked usr/sbin/varnishd -j none -F -n "$work/varnish" -a "127.0.0.1:$varnish" -f "$work/default.vcl" -s malloc,16m
}

sees() {
  if [ "$2" = "$3" ]; then echo "  as written: $1: $3"; return; fi
  echo "  CHANGED: $1: written as «$2», now «$3»"
  changed=1
}
