#!/usr/bin/env bash
# Tries docker-compose.yml with a real Docker Engine: builds the images, starts
# everything, lets people chat through the load balancer while one container after
# the other is killed, and takes everything away again.
#
# It uses the engine that answers. If none does and this is root, it starts one of
# its own, with its data in LAIR_DOCKER_DATA (/var/tmp/lair-docker), which is kept
# because it makes the next run short. Images of others that cannot be pulled are
# replaced by stand-ins of Debian packages, see deploy/test/standins.
set -euo pipefail
cd "$(dirname "$0")/.."
data=${LAIR_DOCKER_DATA:-/var/tmp/lair-docker}
export PATH=/usr/bin:$PATH # a client that came with the engine can use BuildKit
export DOCKER_BUILDKIT=1 COMPOSE_DOCKER_CLI_BUILD=1
export COMPOSE_PROJECT_NAME=lair-test TAG=test
export HTTPS_PORT=18443 TCP_PORT=18080 HTTP_PORT=18082
tidy=()
cleanup() { for ((i = ${#tidy[@]} - 1; i >= 0; i--)); do eval "${tidy[i]}" || true; done; }
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

packages() {
	command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] || return 1
	echo "installing $*" >&2
	apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

engine() {
	docker info >/dev/null 2>&1 && return
	command -v dockerd >/dev/null || packages docker.io || { echo "test-compose needs Docker Engine" >&2; exit 1; }
	mkdir -p "$data/exec"
	rules=$(mktemp) forward=$(cat /proc/sys/net/ipv4/ip_forward)
	iptables-save >"$rules"
	export DOCKER_HOST=unix://$data/sock
	setsid dockerd --data-root "$data/root" --exec-root "$data/exec" --pidfile "$data/pid" -H "$DOCKER_HOST" >"$data/log" 2>&1 &
	# The firewall is as before when it is over. A table that was empty is not in
	# what was saved, so all is removed first.
	tidy+=("ip link del docker0; iptables -P FORWARD ACCEPT; iptables -F; iptables -X; iptables -t nat -F; iptables -t nat -X; iptables-restore <$rules; rm $rules; echo $forward >/proc/sys/net/ipv4/ip_forward")
	tidy+=("kill $!; wait $!")
	for _ in {1..100}; do docker info >/dev/null 2>&1 && return; sleep 0.2; done
	tail "$data/log" >&2
	exit 1
}

compose() { "${compose[@]}" "$@"; }
find_compose() {
	if docker compose version >/dev/null 2>&1; then compose=(docker compose); return; fi
	command -v docker-compose >/dev/null || packages docker-compose || { echo "test-compose needs docker compose" >&2; exit 1; }
	compose=(docker-compose)
}

# image NAME makes sure of an image of somebody else.
image() {
	docker image inspect "$1" >/dev/null 2>&1 && return
	timeout 60 docker pull -q "$1" 2>/dev/null && return
	local what=${1%%:*} folder
	[ "$what" = debian ] || image debian:bookworm-slim
	echo "a stand-in for $1" >&2
	folder=$(mktemp -d)
	case $what in
	debian)
		command -v mmdebstrap >/dev/null || packages mmdebstrap
		mmdebstrap --quiet --variant=minbase bookworm "$folder/base.tar"
		docker import "$folder/base.tar" "$1" >/dev/null
		;;
	golang | node)
		cp "deploy/test/standins/$what/Dockerfile" "$folder"
		cp -L /etc/ssl/certs/ca-certificates.crt "$folder/ca.crt"
		if [ "$what" = golang ]; then
			cp -R "$(go env GOROOT)" "$folder/go"
		else
			mkdir -p "$folder/node/bin" "$folder/node/lib/node_modules"
			cp -L "$(command -v node)" "$folder/node/bin/"
			cp -R "$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")" "$folder/node/lib/node_modules/npm"
		fi
		docker build -q -t "$1" "$folder" >/dev/null
		;;
	*) docker build -q -t "$1" "deploy/test/standins/$what" >/dev/null ;;
	esac
	rm -rf "$folder"
}

engine
find_compose
for i in golang:1.26-bookworm node:22-bookworm-slim $(sed -n 's/^    image: \(\(postgres\|redis\|haproxy\):.*\)/\1/p' docker-compose.yml); do image "$i"; done

began=$SECONDS
compose build >"$data.build.log" 2>&1 || { tail -50 "$data.build.log" >&2; exit 1; }
echo "images built in $((SECONDS - began)) s"
docker images --format '{{.Repository}} {{.Size}}' --filter "reference=lair-chat/*:$TAG" | sort

deploy/compose/init.sh
tidy+=("compose down -v -t 10 >/dev/null 2>&1")
began=$SECONDS
compose up -d || { compose ps; compose logs --no-color --tail 20; exit 1; }
echo "up in $((SECONDS - began)) s"
compose ps
timeout 600 go run ./deploy/test/compose "${compose[@]}" || { compose ps; compose logs --no-color --tail 30; exit 1; }
began=$SECONDS
compose down -v
echo "down in $((SECONDS - began)) s"
