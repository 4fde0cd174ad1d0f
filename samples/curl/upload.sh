#!/bin/sh
# Uploads one image of a product coupon and prints its image_url. Needs curl and openssl.
# usage: sh upload.sh IMAGE   (../README.md describes the environment)
set -eu
[ $# = 1 ] || { echo 'usage: sh upload.sh IMAGE' >&2; exit 1; }
image=$1
fail() { echo "$1" >&2; exit 1; }
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT

for name in MCHID CERTIFICATE_SERIAL_NO PRIVATE_KEY WECHAT_PAY_PUBLIC_KEY_ID WECHAT_PAY_PUBLIC_KEY; do
  eval "[ -n \"\${COUPON_MEDIA_$name:-}\" ]" || fail "COUPON_MEDIA_$name is not set"
done
private_key=$COUPON_MEDIA_PRIVATE_KEY public_key=$COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY
[ -r "$image" ] || fail "cannot read $image"
openssl rsa -in "$private_key" -passin pass: -noout 2> "$work/why" ||
  fail "COUPON_MEDIA_PRIVATE_KEY: $private_key has no RSA key between the lines BEGIN PRIVATE KEY and END PRIVATE KEY"
openssl rsa -pubin -in "$public_key" -noout 2> "$work/why" ||
  fail "COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY: $public_key has no RSA key between the lines BEGIN PUBLIC KEY and END PUBLIC KEY"

# The samples on the page sign an empty body. The signature of an upload covers the text of meta, byte for byte as it is sent.
path=/v3/marketing/partner/product-coupon/media/upload-image
escaped() { printf '%s' "$1" | sed 's/[\\"]/\\&/g'; }
sha256=$(openssl dgst -sha256 -r < "$image" | cut -d ' ' -f 1)
meta="{\"filename\":\"$(escaped "$(basename "$image")")\",\"sha256\":\"$sha256\"}"
timestamp=$(date +%s)
nonce=$(openssl rand -hex 16)
signature=$(printf 'POST\n%s\n%s\n%s\n%s\n' "$path" "$timestamp" "$nonce" "$meta" |
  openssl dgst -sha256 -sign "$private_key" | openssl base64 -A)

# --form-string, since -F would read a file or cut the text at a semicolon.
status=$(curl -sS --max-time 30 -o "$work/body" -D "$work/headers" -w '%{http_code}' \
  "${COUPON_MEDIA_BASE_URL:-https://api.mch.weixin.qq.com}$path" \
  -H "Authorization: WECHATPAY2-SHA256-RSA2048 mchid=\"$COUPON_MEDIA_MCHID\",nonce_str=\"$nonce\",signature=\"$signature\",timestamp=\"$timestamp\",serial_no=\"$COUPON_MEDIA_CERTIFICATE_SERIAL_NO\"" \
  -H 'Accept: application/json' -H "Wechatpay-Serial: $COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY_ID" \
  --form-string "meta=$meta" -F "file=@\"$(escaped "$image")\"")

header() { sed -n "s/^$1: *//Ip" "$work/headers" | tr -d '\r'; }
field() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p" "$work/body"; }
which="(HTTP $status, Request-ID $(header Request-ID))"
if [ "$status" != 200 ]; then
  code=$(field code)
  fail "${code:-no response of WeChat Pay}${code:+: $(field message)} $which"
fi

# Without this check, whoever is between you and WeChat Pay could give you any URL.
serial=$(header Wechatpay-Serial) sent=$(header Wechatpay-Timestamp)
[ "$serial" = "$COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY_ID" ] ||
  fail "untrusted response: it is signed with the key \"$serial\" $which"
age=$(($(date +%s) - ${sent:-0}))
[ "${age#-}" -lt 300 ] || fail "untrusted response: its time is \"$sent\" $which"
header Wechatpay-Signature | openssl base64 -d -A > "$work/signature"
{ printf '%s\n%s\n' "$sent" "$(header Wechatpay-Nonce)"; cat "$work/body"; echo; } |
  openssl dgst -sha256 -verify "$public_key" -signature "$work/signature" > "$work/verdict" 2>&1 ||
  fail "untrusted response: its signature is wrong $which"

echo "$(field image_url)"
