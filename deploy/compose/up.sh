#!/bin/sh
# Generates passwords once, then builds and starts the services of compose.yaml. Arguments go to `docker compose up`.
set -eu
cd "$(dirname "$0")"

secret() {
  od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}

umask 077
touch .env
made=
# Adds each missing password: a file of an earlier version has fewer.
for line in "POSTGRES_PASSWORD=$(secret)" "REDIS_PASSWORD=$(secret)" S3_ACCESS_KEY=coupon-media "S3_SECRET_KEY=$(secret)" \
  S3_SETUP_ACCESS_KEY=coupon-media-setup "S3_SETUP_SECRET_KEY=$(secret)"; do
  if ! grep -q "^${line%%=*}=" .env; then
    echo "$line" >> .env
    made=yes
  fi
done
[ -z "$made" ] || echo "passwords are in $PWD/.env, for you alone to read: keep them, the volumes know no others"

docker compose --file compose.yaml up --build --detach --wait "$@"
cat <<'TEXT'

The service is at http://127.0.0.1:8080. Who may upload is added in any node:

  docker compose --file deploy/compose/compose.yaml exec -T node-1 \
    coupon-media merchant add 1900000109 --certificate /dev/stdin < apiclient_cert.pem
  docker compose --file deploy/compose/compose.yaml exec node-1 coupon-media platform-key list
TEXT
