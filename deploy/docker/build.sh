#!/bin/sh
# Compiles all programs, each into the root of an image: build.sh VERSION FOLDER CERTIFICATES.
# The same source and compiler give the same bytes, wherever this runs.
set -eu
cd "$(dirname "$0")/../.."
export CGO_ENABLED=0 GOWORK=off GOFLAGS="-trimpath -buildvcs=false"
for program in auth room message presence gateway lair; do
	root=$2/$program
	package=./cmd/$program
	[ "$program" != lair ] || package=.
	mkdir -p "$root/etc/ssl/certs" "$root/sbom"
	go -C "services/$program" build -ldflags "-s -w -buildid= -X main.version=$1" -o "$root/lair" "$package"
	cp "$3" "$root/etc/ssl/certs/ca-certificates.crt"
	go run deploy/docker/sbom/main.go "$root/lair" "lair-$program" "$1" >"$root/sbom/lair.cdx.json"
	cp LICENSE "$root/sbom/"
done
