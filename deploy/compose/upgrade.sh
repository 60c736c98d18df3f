#!/usr/bin/env bash
# Puts the release that TAG in .env names in the place of the one that runs, one
# container after the other, so that a gateway is always there. The images have to be
# there: docker compose build, or pull.
#
# `docker compose up -d` would come to the same, but it stops everything that changes
# before it starts any of it. If a container does not become healthy this ends, and
# those that come after it stay as they are: mend it and run it again, also with the
# old TAG.
set -euo pipefail
cd "$(dirname "$0")/../.."
read -ra compose <<<"${COMPOSE:-docker compose}"

healthy() {
	local id state=missing
	id=$("${compose[@]}" ps -q "$1")
	for _ in {1..120}; do
		state=$(docker inspect -f '{{.State.Health.Status}}' "$id")
		[ "$state" != healthy ] || return 0
		sleep 1
	done
	echo "upgrade.sh: $1 is $state, see its log" >&2
	exit 1
}

"${compose[@]}" run --rm --no-deps -T migrate
for service in auth room message presence gateway-1 gateway-2; do
	"${compose[@]}" up -d --no-deps "$service"
	healthy "$service"
done
# Whatever else the release changes.
"${compose[@]}" up -d
