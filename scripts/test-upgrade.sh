#!/usr/bin/env bash
# Upgrades a running system from an older state of the project to this one, one
# program after the other, and back again, while people write; nothing may be lost.
# Usage: test-upgrade.sh [COMMIT]. Without it the older state is the one before the
# last change of a migration.
set -euo pipefail
cd "$(dirname "$0")/.."
from=${1:-$(git log -1 --format=%H -- 'services/*/migrations/*.sql')^}
from=$(git rev-parse --verify "$from^{commit}")
echo "upgrading from $(git log -1 --format='%h (%ad, %s)' --date=short "$from")"
old=$(mktemp -d)
trap 'git worktree remove -f "$old/source" 2>/dev/null; rm -rf "$old"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
git worktree add -q --detach "$old/source" "$from"
mkdir "$old/bin"
(cd "$old/source" && go build -ldflags "-X main.version=old" -o "$old/bin/" ./services/{auth,room,message,presence,gateway}/cmd/*)
chmod -R a+rX "$old"
scripts/with-tmp.sh go test -race -count 1 -timeout 10m -v -tags upgrade -run '^TestUpgradeLosesNothing$' ./services/lair/e2e -from "$old/bin"
