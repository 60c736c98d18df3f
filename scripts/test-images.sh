#!/usr/bin/env bash
# Builds the images of all programs with a real Docker Engine, one of them a second time
# from nothing, and looks at what is in them.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/docker.sh

engine
for i in golang:1.26-bookworm node:22-bookworm-slim; do image "$i"; done
tag=images-test revision=$(git rev-parse HEAD)

build() { # PROGRAM NAME [OPTION]
	docker build -q "${@:3}" -f deploy/docker/Dockerfile --build-arg "PROGRAM=$1" --build-arg "VERSION=$tag" \
		--build-arg "REVISION=$revision" -t "$2" . >/dev/null
}
began=$SECONDS
for program in auth room message presence gateway lair; do
	name=lair-chat/lair-$program:$tag
	build "$program" "${name/lair-lair:/lair:}"
done
echo "images built in $((SECONDS - began)) s"
began=$SECONDS
build lair lair-chat/lair:$tag-again --no-cache
echo "built again in $((SECONDS - began)) s"
go run ./deploy/test/images "$tag" "$revision" "lair-chat/lair:$tag-again"
