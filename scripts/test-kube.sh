#!/usr/bin/env bash
# Tries the chart with a real Kubernetes of one node: the API server looks at every
# object, then the chart is installed, and people chat through the gateways while
# everything is upgraded and put back, pods are killed, a gateway is evicted, and
# the database is brought back from a backup. A Prometheus finds the pods, and notices
# when some are gone. With MTLS=true the pods prove their roles to each other with
# certificates.
#
# It needs root on Debian, because it installs packages. Kubernetes is built from its
# sources, which takes ten minutes the first time, and is kept with all else that
# is slow in LAIR_KUBE_DATA (/var/tmp/lair-kube). The cluster lives in namespaces of its
# own of the kernel: its processes, mounts, addresses and firewall rules are gone when
# the last process is, whatever happens.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/docker.sh
kube=${LAIR_KUBE_DATA:-/var/tmp/lair-kube}
[ "$(id -u)" = 0 ] || { echo "test-kube needs root" >&2; exit 1; }
# A kubelet takes the pods of another one for its own.
[ -z "$(find /sys/fs/cgroup -maxdepth 2 -name 'kubepods*')" ] || { echo "this machine is the node of a cluster already" >&2; exit 1; }
mkdir -p "$kube/bin" "$kube/logs"

needed=()
for p in dockerd containerd; do command -v $p >/dev/null || needed=(docker.io); done
command -v openssl >/dev/null || needed+=(openssl)
command -v iptables >/dev/null || needed+=(iptables)
command -v ip >/dev/null || needed+=(iproute2)
[ ${#needed[@]} = 0 ] || packages "${needed[@]}"
# These are unpacked, not installed: a package of etcd starts one.
[ -x "$kube/debian/usr/bin/etcd" ] && [ -x "$kube/debian/usr/lib/cni/bridge" ] || (
	apt-get update -qq >&2
	rm -rf "$kube/debian" && mkdir -p "$kube/debian" && cd "$kube/debian"
	apt-get download -qq etcd-server containernetworking-plugins >/dev/null
	for p in *.deb; do dpkg -x "$p" .; rm "$p"; done
)

deploy/test/kube/build.sh "$kube/bin"
# How the Prometheus operator and cert-manager define their kinds.
rm -rf "$kube/kinds" && mkdir "$kube/kinds"
source_of() { go mod download -json "$1" | sed -n 's/^\t"Dir": "\(.*\)",*$/\1/p'; }
cp "$(source_of github.com/prometheus-operator/prometheus-operator@v0.85.0)"/example/prometheus-operator-crd/*_{servicemonitors,prometheusrules}.yaml \
	"$(source_of github.com/cert-manager/cert-manager@v1.19.1)/deploy/crds/cert-manager.io_certificates.yaml" "$kube/kinds"
CGO_ENABLED=0 go build -o "$kube/bin/kube" ./deploy/test/kube

# In a shell of its own, so that the engine stops before the cluster starts.
(
	trap cleanup EXIT
	engine
	mapfile -t all < <(sed -nE 's/^ +image: //p' deploy/test/kube/{data,monitoring}.yaml)
	all+=(registry.k8s.io/pause:3.10)
	for i in golang:1.26-bookworm node:22-bookworm-slim "${all[@]}"; do image "$i"; done
	began=$SECONDS
	for p in lair auth room message presence gateway; do
		name=lair-chat/lair-$p
		[ "$p" != lair ] || name=lair-chat/lair
		docker build -f deploy/docker/Dockerfile --build-arg "PROGRAM=$p" --build-arg VERSION=test -t "$name:test" . >"$kube/logs/build" 2>&1 ||
			{ tail -50 "$kube/logs/build" >&2; exit 1; }
		# The next release is the same under another name.
		docker tag "$name:test" "$name:next"
		all+=("$name:test" "$name:next")
	done
	docker save -o "$kube/images.tar" "${all[@]}"
	echo "images built in $((SECONDS - began)) s"
)
rm -rf "$kube/run"
tidy+=("rm -rf $kube/images.tar $kube/run")

# Some settings are of the kernel and not of a namespace; kubelet changes them.
settings=(vm.overcommit_memory kernel.panic kernel.panic_on_oops kernel.keys.root_maxkeys kernel.keys.root_maxbytes)
mapfile -t settings < <(sysctl -e "${settings[@]}" | tr -d ' ')
tidy+=("sysctl -qw ${settings[*]}")
# Groups of processes are the kernel's, too. They go when the last process has.
tidy+=("for _ in {1..50}; do find /sys/fs/cgroup -depth -type d -path '*/kubepods*' -exec rmdir {} + 2>/dev/null && break; sleep 0.2; done")
unshare --mount --net --pid --fork --mount-proc --kill-child \
	deploy/test/kube/cluster.sh "$kube" &
inside=$!
# The first process inside takes all others with it, and unshare waits for it.
tidy+=("pkill -KILL -P $inside; wait $inside")
wait "$inside"
