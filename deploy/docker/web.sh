#!/bin/sh
# Builds the web client in its stage of the Dockerfile, and lists what is in it.
set -eu
mkdir -p /out/dist /out/sbom
[ -e package-lock.json ] || exit 0
npm ci --no-audit --no-fund
npm run build
cp -R dist/. /out/dist/
# Without what is another each time: the same source gives the same image.
npm sbom --omit=dev --sbom-format=cyclonedx | sed '/"serialNumber": /d; /"timestamp": /d' >/out/sbom/web.cdx.json
