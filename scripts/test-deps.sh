#!/usr/bin/env bash
# Sees to it that the programs of PostgreSQL (15 or newer) and Redis (7 or
# newer) and promtool of Prometheus are there, and installs the Debian packages where it may. With the
# argument web it does the same for Node (20.19 or newer), npm and Chromium; where
# the distribution has an older Node, as Debian 12 does, npm brings a newer one.
set -euo pipefail
web=${1:-}

have_postgres() { command -v initdb >/dev/null && command -v postgres >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
have_redis() { command -v redis-server >/dev/null; }
have_node() {
	command -v node >/dev/null &&
		node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
}
have_npm() { command -v npm >/dev/null; }
have_chromium() { command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; }
have_emoji() { ! command -v dpkg >/dev/null || dpkg -s fonts-noto-color-emoji >/dev/null 2>&1; }

missing=()
have_postgres || missing+=(postgresql)
have_redis || missing+=(redis-server)
command -v openssl >/dev/null || missing+=(openssl)
command -v promtool >/dev/null || missing+=(prometheus)
if [ "$web" = web ]; then
	have_node || missing+=(nodejs)
	have_npm || missing+=(npm)
	have_chromium || missing+=(chromium)
	have_emoji || missing+=(fonts-noto-color-emoji)
fi
if [ ${#missing[@]} -gt 0 ] && command -v apt-get >/dev/null; then
	sudo=()
	[ "$(id -u)" -eq 0 ] || sudo=(sudo -n)
	if [ ${#sudo[@]} -eq 0 ] || "${sudo[@]}" true 2>/dev/null; then
		echo "installing ${missing[*]}" >&2
		export DEBIAN_FRONTEND=noninteractive
		# Only the programs are wanted, not servers that start by themselves.
		"${sudo[@]}" mkdir -p /etc/postgresql-common
		[ -e /etc/postgresql-common/createcluster.conf ] ||
			echo 'create_main_cluster = false' | "${sudo[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
		"${sudo[@]}" apt-get update -qq >&2
		"${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
		if [ "$web" = web ] && have_npm && ! have_node; then
			"${sudo[@]}" npm install --global --silent --no-audit --no-fund node@22 >/dev/null
			hash -r
		fi
	fi
fi

if ! have_postgres || ! have_redis; then
	echo "The tests need the server programs of PostgreSQL and Redis. Please install: ${missing[*]}" >&2
	echo "On Debian or Ubuntu: sudo apt-get install ${missing[*]}" >&2
	exit 1
fi

if ! command -v promtool >/dev/null; then
	echo "The tests of alerts need promtool, which is in the Debian package prometheus." >&2
	exit 1
fi

if [ "$web" = web ] && ! { have_node && have_npm && have_chromium; }; then
	echo "The tests of the web client need Node 20.19 or newer, npm and Chromium. Please install them:" >&2
	echo "Chromium and npm from your distribution, Node from there if it is new enough, or from https://nodejs.org" >&2
	exit 1
fi
