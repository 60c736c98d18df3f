# shellcheck shell=bash
# What scripts that need a Docker Engine have in common; it is read by them.
#
# It uses the engine that answers. If none does and this is root, it starts one of
# its own, with its data in LAIR_DOCKER_DATA (/var/tmp/lair-docker), which is kept
# because it makes the next run short. Images of others that cannot be pulled are
# replaced by stand-ins, made of Debian packages or of sources out of the Go module proxy,
# see deploy/test/standins.
data=${LAIR_DOCKER_DATA:-/var/tmp/lair-docker}
export PATH=/usr/bin:$PATH # a client that came with the engine can use BuildKit
export DOCKER_BUILDKIT=1 COMPOSE_DOCKER_CLI_BUILD=1
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
	command -v dockerd >/dev/null || packages docker.io || { echo "this needs Docker Engine" >&2; exit 1; }
	mkdir -p "$data/exec"
	rules=$(mktemp) forward=$(cat /proc/sys/net/ipv4/ip_forward)
	iptables-save >"$rules"
	export DOCKER_HOST=unix://$data/sock
	setsid dockerd --data-root "$data/root" --exec-root "$data/exec" --pidfile "$data/pid" -H "$DOCKER_HOST" >"$data/log" 2>&1 &
	# The firewall is as before when it is over. A table that was empty is not in
	# what was saved, so all is removed first.
	tidy+=("ip link del docker0; iptables -P FORWARD ACCEPT; iptables -F; iptables -X; iptables -t nat -F; iptables -t nat -X; iptables-restore <$rules; rm $rules; echo $forward >/proc/sys/net/ipv4/ip_forward")
	tidy+=("find /sys/fs/cgroup/docker /sys/fs/cgroup/*/docker -depth -type d -exec rmdir {} + 2>/dev/null")
	tidy+=("kill $!; wait $!")
	# With cgroups v1 all containers together would have the share of one process.
	[ ! -d /sys/fs/cgroup/cpu ] || { mkdir -p /sys/fs/cgroup/cpu/docker && echo 16384 >/sys/fs/cgroup/cpu/docker/cpu.shares; }
	for _ in {1..100}; do docker info >/dev/null 2>&1 && return; sleep 0.2; done
	tail "$data/log" >&2
	exit 1
}

# image NAME makes sure of an image of somebody else.
image() {
	docker image inspect "$1" >/dev/null 2>&1 && return
	timeout 60 docker pull -q "$1" 2>/dev/null && return
	local what=${1%%:*} folder program
	what=${what##*/}
	case $what in debian | pause) ;; *) image debian:bookworm-slim ;; esac
	echo "a stand-in for $1" >&2
	folder=$(mktemp -d)
	case $what in
	debian)
		command -v mmdebstrap >/dev/null || packages mmdebstrap
		mmdebstrap --quiet --variant=minbase bookworm "$folder/base.tar"
		docker import "$folder/base.tar" "$1" >/dev/null
		;;
	golang | node | pause)
		cp "deploy/test/standins/$what/Dockerfile" "$folder"
		cp -L /etc/ssl/certs/ca-certificates.crt "$folder/ca.crt"
		case $what in
		golang) cp -R "$(go env GOROOT)" "$folder/go" ;;
		pause) CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$folder/pause" ./deploy/test/standins/pause ;;
		node)
			mkdir -p "$folder/node/bin" "$folder/node/lib/node_modules"
			cp -L "$(command -v node)" "$folder/node/bin/"
			cp -R "$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")" "$folder/node/lib/node_modules/npm"
			;;
		esac
		docker build -q -t "$1" "$folder" >/dev/null
		;;
	opentelemetry-collector | all-in-one | prometheus)
		cp "deploy/test/standins/$what/Dockerfile" "$folder"
		case $what in opentelemetry-collector) program=. ;; *) program=tool ;; esac
		GOWORK=off CGO_ENABLED=0 go build -C "deploy/test/standins/$what" -trimpath -ldflags '-s -w' -o "$folder/program" "$program"
		docker build -q -t "$1" "$folder" >/dev/null
		;;
	*) docker build -q -t "$1" "deploy/test/standins/$what" >/dev/null ;;
	esac
	rm -rf "$folder"
}
