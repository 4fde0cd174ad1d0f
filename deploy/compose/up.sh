#!/bin/sh
# Makes passwords once, then builds and starts what compose.yaml describes. Arguments go to `docker compose up`.
set -eu
cd "$(dirname "$0")"

secret() {
  od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}

if [ ! -e .env ]; then
  umask 077
  {
    echo "POSTGRES_PASSWORD=$(secret)"
    echo "REDIS_PASSWORD=$(secret)"
    echo "S3_ACCESS_KEY=coupon-media"
    echo "S3_SECRET_KEY=$(secret)"
  } > .env.new
  mv .env.new .env
  echo "passwords are in $PWD/.env, for you alone to read: keep them, the volumes know no others"
fi

docker compose --file compose.yaml up --build --detach --wait "$@"
cat <<'TEXT'

The service is at http://127.0.0.1:8080. Who may upload is added in any node:

  docker compose --file deploy/compose/compose.yaml exec -T node-1 \
    coupon-media merchant add 1900000109 --certificate /dev/stdin < apiclient_cert.pem
  docker compose --file deploy/compose/compose.yaml exec node-1 coupon-media platform-key list
TEXT
