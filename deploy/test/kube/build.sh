#!/usr/bin/env bash
# Builds the programs of Kubernetes, helm and CoreDNS from their sources, out of the Go
# module proxy, into a folder: build.sh DIR. What is there is kept. It takes ten minutes
# of two cores.
set -euo pipefail
version=v1.34.4 # 1.35 and newer want cgroups v2
helm=v3.19.0
bin=$1
here=$(cd "$(dirname "$0")" && pwd)
export GOWORK=off CGO_ENABLED=0 GOFLAGS=-trimpath
mkdir -p "$bin"
programs=(kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl)
missing=()
for p in "${programs[@]}"; do [ -x "$bin/$p" ] || missing+=("$p"); done
if [ ${#missing[@]} -gt 0 ]; then
	module=$bin/source
	rm -rf "$module" && mkdir -p "$module" && cd "$module"
	# The module of Kubernetes replaces its libraries by folders of its own repository,
	# which a module that requires it has to undo.
	from=$(go mod download -json "k8s.io/kubernetes@$version" | sed -n 's/^\t"GoMod": "\(.*\)",*$/\1/p')
	sed -e "s|^module .*|module kube\n\nrequire k8s.io/kubernetes $version|" \
		-e "s|=> ./staging/src/\(.*\)|=> \1 v0${version#v1}|" "$from" >go.mod
	link="-s -w"
	for v in gitVersion=$version gitMajor=1 gitMinor=34 gitTreeState=clean; do link+=" -X k8s.io/component-base/version.$v"; done
	for p in "${missing[@]}"; do
		echo "building $p $version" >&2
		go build -mod=mod -ldflags "$link" -o "$bin/" "k8s.io/kubernetes/cmd/$p"
	done
fi
if ! [ -x "$bin/helm" ]; then
	echo "building helm $helm" >&2
	GOBIN=$bin go install "helm.sh/helm/v3/cmd/helm@$helm"
fi
if ! [ -x "$bin/dns" ]; then
	echo "building CoreDNS" >&2
	go build -C "$here/dns" -ldflags "-s -w" -o "$bin/dns" .
fi
