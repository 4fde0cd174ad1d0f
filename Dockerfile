# The service as an image:
#
#   docker build --tag coupon-media .
#   docker run --rm coupon-media --help
#
# What was weighed (why Debian's slim, why Node 24, what is left out) is in docs/decisions/010-deployment.md.
# `npm run check` holds its form, what it copies, its ports and its user to the rest of the repository.

# Pin it by digest where images are built to be kept: node:24-bookworm-slim@sha256:…
ARG NODE_IMAGE=node:24-bookworm-slim

# What npm reads, and nothing that changes with every commit: the layers below are made anew only when a dependency changes.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY package.json package-lock.json ./
COPY packages/apiv3/package.json packages/apiv3/
COPY packages/cli/package.json packages/cli/
COPY packages/client/package.json packages/client/
COPY packages/cluster/package.json packages/cluster/
COPY packages/console/package.json packages/console/
COPY packages/pkcs11/package.json packages/pkcs11/
COPY packages/door/package.json packages/door/
COPY packages/openapi/package.json packages/openapi/
COPY packages/prepare/package.json packages/prepare/
COPY packages/relay/package.json packages/relay/
COPY packages/sandbox/package.json packages/sandbox/
COPY packages/server/package.json packages/server/
COPY packages/service-cli/package.json packages/service-cli/

FROM manifests AS build
RUN npm ci --no-audit --no-fund
COPY tsconfig.base.json tsconfig.json ./
COPY packages packages
# Only what was compiled goes on: no sources, no tests, no compiler's memory.
RUN npx tsc -b \
 && (cd packages/console && npx vite build) \
 && node packages/cli/dist/printed.js \
 && rm -rf packages/*/src packages/*/page packages/*/test packages/*/tsconfig.json packages/*/vite.config.mjs packages/*/dist/.tsbuildinfo

# The libraries that decode strangers' pictures stay out: a service looks at headers only, and `--prepare` is for whoever uploads.
FROM manifests AS dependencies
RUN npm ci --omit=dev --workspace coupon-media --workspace @coupon-media/service-cli --workspace @coupon-media/cluster --workspace @coupon-media/relay --no-audit --no-fund \
 && rm -rf node_modules/sharp node_modules/@img node_modules/libheif-js

FROM ${NODE_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="coupon-media" \
      org.opencontainers.image.description="The picture upload of WeChat Pay's product coupons: signed picture in, permanent URL out" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/packages packages
COPY package.json LICENSE ./
# A folder for the embedded store and one for images under way, both of the user that the service runs as: volumes made from
# them take over the owner. npm has no business in an image that installs nothing.
RUN ln -s /app/packages/cli/bin/coupon-media.cjs /usr/local/bin/coupon-media \
 && mkdir -p /data /scratch \
 && chown 10001:10001 /data /scratch \
 && chmod 700 /data /scratch \
 && rm -rf /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/corepack /opt/yarn-*
# The user has no home of its own, and the AWS SDK asks for one.
ENV NODE_ENV=production \
    HOME=/app \
    COUPON_MEDIA_HOST=0.0.0.0 \
    COUPON_MEDIA_PORT=8787 \
    COUPON_MEDIA_DATA=/data \
    COUPON_MEDIA_UPLOAD_TEMP_DIR=/scratch
# By number, so that Kubernetes can see that it is not root.
USER 10001:10001
EXPOSE 8787
STOPSIGNAL SIGTERM
# Whether the process answers. Whether it should be given uploads is /readyz, and the balancer asks that.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.COUPON_MEDIA_PORT + '/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# The memory holds private keys, and so would a core dump. Kubernetes has no field for this limit, so that the image sets it itself.
ENTRYPOINT ["sh", "-c", "ulimit -c 0 && exec coupon-media \"$@\"", "coupon-media"]
CMD ["serve"]
