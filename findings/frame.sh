# Sourced by every finding: a temporary folder that goes away, and three verbs.
#   need TOOL…      exits 2 where a tool is not there
#   get COMMAND…    runs an installation quietly; exits 2 with its last lines where it fails
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

sees() {
  if [ "$2" = "$3" ]; then echo "  as written: $1: $3"; return; fi
  echo "  CHANGED: $1: written as «$2», now «$3»"
  changed=1
}
