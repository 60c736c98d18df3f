#!/usr/bin/env bash
# Builds the web client and puts it where the gateway embeds it. Nothing is done
# if nothing has changed.
#
#   web.sh          fails without Node, or if the build does
#   web.sh build    without Node says so and goes on
#   web.sh run      goes on in any case: the rest works without it
set -euo pipefail
cd "$(dirname "$0")/.."
from=clients/web
to=services/gateway/internal/web/dist
why=${1:-}

# give_up REASON [build] says in one line why there is no web client, and ends
# well if it is to go on: with run always, with build if that is named here.
give_up() {
	echo "web client: $1" >&2
	if [ "$why" = run ] || { [ -n "$why" ] && [ "$why" = "${2:-}" ]; }; then exit 0; fi
	exit 1
}

# node_fits is also what the page of a binary without the client says.
node_fits() {
	command -v npm >/dev/null && command -v node >/dev/null &&
		node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
}

# empty removes what was built before.
empty() { find "$to" -mindepth 1 ! -name .gitkeep -delete; }

[ "$why" = clean ] && { empty; rm -rf "$from/dist"; exit 0; }
[ -e "$from/package-lock.json" ] || give_up "there is no $from here; the binary goes without" build
node_fits || give_up "not built, Node 20.19 or newer with npm is missing (https://nodejs.org); the binary goes without" build

files=$(find "$from" \( -name node_modules -o -path "$from/dist" \) -prune -o -type f -print | LC_ALL=C sort)
now=$({ echo "$files" && git hash-object --no-filters --stdin-paths <<<"$files"; } | git hash-object --stdin)
[ -e "$to/index.html" ] && [ "$(cat "$to/.built-from" 2>/dev/null)" = "$now" ] && exit 0

cd "$from"
locked=$(git hash-object --no-filters package-lock.json)
if [ "$(cat node_modules/.installed-from 2>/dev/null)" != "$locked" ]; then
	echo "web client: fetching its packages" >&2
	npm ci --no-audit --no-fund --prefer-offline >&2 || give_up "its packages could not be fetched; the binary goes with what there was"
	echo "$locked" >node_modules/.installed-from
fi
echo "web client: building" >&2
npm run --silent build >&2 && [ -e dist/index.html ] || give_up "the build failed; the binary goes with what there was"
cd - >/dev/null

empty
cp -R "$from/dist/." "$to/"
echo "$now" >"$to/.built-from"
