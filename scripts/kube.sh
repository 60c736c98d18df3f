#!/usr/bin/env bash
# Runs a command of the program lair with the database of a release of the chart, in a
# pod of its own that is gone afterwards:
#   scripts/kube.sh NAMESPACE RELEASE COMMAND…
# such as
#   scripts/kube.sh chat lair admin create -name ann -promote
# docs/operations.md says more.
set -euo pipefail

if [[ $# -lt 3 ]]; then
	echo "usage: kube.sh NAMESPACE RELEASE COMMAND…" >&2
	exit 2
fi
namespace=$1 release=$2
shift 2

# The chart knows how such a pod has to be: its image, its Secret, its rights.
pod=$(kubectl -n "$namespace" get podtemplate -l "app.kubernetes.io/instance=$release" -o jsonpath='{.items[*].template}')
if [[ -z $pod ]]; then
	echo "kube.sh: there is no release $release of the chart in the namespace $namespace" >&2
	exit 1
fi
exec kubectl -n "$namespace" run lair --attach --rm --quiet --restart=Never --image=lair --pod-running-timeout=5m \
	--override-type=strategic --overrides="$pod" -- "$@"
