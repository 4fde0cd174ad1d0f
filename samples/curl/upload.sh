#!/bin/sh
# One upload with curl and openssl alone. usage: sh examples/upload.sh IMAGE [CREDENTIALS.json]
set -eu
image=$1 credentials=${2:-.coupon-media/credentials.json}
folder=$(dirname "$credentials")
field() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p" "$credentials"; }
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT

# The signature covers the text of meta, byte for byte as it is sent, and never the multipart body.
path=/v3/marketing/partner/product-coupon/media/upload-image
sha256=$(openssl dgst -sha256 -r "$image" | cut -d ' ' -f 1)
meta="{\"filename\":\"$(basename "$image")\",\"sha256\":\"$sha256\"}"
timestamp=$(date +%s)
nonce=$(openssl rand -hex 16)
signature=$(printf 'POST\n%s\n%s\n%s\n%s\n' "$path" "$timestamp" "$nonce" "$meta" |
  openssl dgst -sha256 -sign "$folder/$(field privateKeyPath)" | openssl base64 -A)

status=$(curl -sS -o "$work/body" -D "$work/headers" -w '%{http_code}' "$(field baseUrl)$path" \
  -H "Authorization: WECHATPAY2-SHA256-RSA2048 mchid=\"$(field mchid)\",nonce_str=\"$nonce\",signature=\"$signature\",timestamp=\"$timestamp\",serial_no=\"$(field certificateSerialNo)\"" \
  -H 'Accept: application/json' -H "Wechatpay-Serial: $(field wechatPayPublicKeyId)" \
  --form-string "meta=$meta" -F "file=@$image")
[ "$status" = 200 ] || { echo "refused with $status: $(cat "$work/body")" >&2; exit 1; }

# Trust the response only if it has WeChat Pay's signature over timestamp, nonce and body.
header() { sed -n "s/^$1: *//Ip" "$work/headers" | tr -d '\r'; }
header Wechatpay-Signature | openssl base64 -d -A > "$work/signature"
{ printf '%s\n%s\n' "$(header Wechatpay-Timestamp)" "$(header Wechatpay-Nonce)"; cat "$work/body"; echo; } |
  openssl dgst -sha256 -verify "$folder/$(field wechatPayPublicKeyPath)" -signature "$work/signature" > "$work/verdict" ||
  { echo "the response's signature is wrong" >&2; exit 1; }

sed 's/.*"image_url": *"\([^"]*\)".*/\1/' "$work/body"
echo
