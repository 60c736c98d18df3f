#!/usr/bin/env bash
# Tries docker-compose.yml with a real Docker Engine: builds the images, starts
# everything, lets people chat through the load balancer while one container after
# the other is killed, does what an operator does from time to time (another
# certificate, an upgrade, a restore, an import), and takes everything away again. With
# OBSERVABILITY=true what is in the profile observability is started and tried, too, all
# but Grafana.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/docker.sh
export COMPOSE_PROJECT_NAME=lair-test TAG=test
export HTTPS_PORT=18443 TCPS_PORT=18081 TCP_PORT=18080 HTTP_PORT=18082
REVISION=$(git rev-parse HEAD) && export REVISION
others='postgres|redis|haproxy' options=() started=()
if [ "${OBSERVABILITY:-false}" = true ]; then
	# Every trace, and a line of the log for each step of it.
	export COMPOSE_PROFILES=observability OTLP_ENDPOINT=http://collector:4317 TRACE_SAMPLE=1 LOG_LEVEL=debug
	others='[^$]*' options=(-observability)
fi

compose() { "${compose[@]}" "$@"; }
find_compose() {
	if docker compose version >/dev/null 2>&1; then compose=(docker compose); return; fi
	command -v docker-compose >/dev/null || packages docker-compose || { echo "test-compose needs docker compose" >&2; exit 1; }
	compose=(docker-compose)
}

engine
find_compose
for i in golang:1.26-bookworm node:22-bookworm-slim $(sed -nE "s/^    image: (($others):[^$]*)$/\1/p" docker-compose.yml | grep -v ^grafana/); do image "$i"; done

began=$SECONDS
compose build >"$data.build.log" 2>&1 || { tail -50 "$data.build.log" >&2; exit 1; }
echo "images built in $((SECONDS - began)) s"
docker images --format '{{.Repository}} {{.Size}}' --filter "reference=lair-chat/*:$TAG" | sort

deploy/compose/init.sh
[ ${#options[@]} = 0 ] || mapfile -t started < <(compose config --services | grep -vx grafana)
tidy+=("compose down -v -t 10 >/dev/null 2>&1")
began=$SECONDS
compose up -d "${started[@]}" || { compose ps; compose logs --no-color --tail 20; exit 1; }
echo "up in $((SECONDS - began)) s"
compose ps
timeout 1500 go run ./deploy/test/compose "${options[@]}" "${compose[@]}" || { compose ps; compose logs --no-color --tail 30; exit 1; }
began=$SECONDS
compose down -v
echo "down in $((SECONDS - began)) s"
