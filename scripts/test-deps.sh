#!/usr/bin/env bash
# Sees to it that the programs of PostgreSQL (15 or newer) and Redis (7 or
# newer) are there, and installs the Debian packages where it may. With the
# argument web it does the same for Node (20.19 or newer), npm and Chromium; where
# the distribution has an older Node, as Debian 12 does, npm brings a newer one. With
# the argument deploy it does so for openssl, and for Prometheus, its exporters and
# Alertmanager.
set -euo pipefail
web='' deploy=''
for what in "$@"; do
	case $what in
	web) web=web ;;
	deploy) deploy=deploy ;;
	*) echo "test-deps.sh [web] [deploy], not $what" >&2 && exit 2 ;;
	esac
done

have_postgres() { command -v initdb >/dev/null && command -v postgres >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
have_redis() { command -v redis-server >/dev/null; }
have_node() {
	command -v node >/dev/null &&
		node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
}
have_npm() { command -v npm >/dev/null; }
have_chromium() { command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; }
have_emoji() { ! command -v dpkg >/dev/null || dpkg -s fonts-noto-color-emoji >/dev/null 2>&1; }

have_observers() { for e in "${observers[@]}"; do command -v "$e" >/dev/null || return 1; done; }
observers=(prometheus-alertmanager prometheus-postgres-exporter prometheus-redis-exporter prometheus-node-exporter)

missing=()
have_postgres || missing+=(postgresql)
have_redis || missing+=(redis-server)
if [ "$deploy" = deploy ]; then
	command -v openssl >/dev/null || missing+=(openssl)
	command -v promtool >/dev/null || missing+=(prometheus)
	have_observers || missing+=("${observers[@]}")
fi
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
		# policy-rc.d with 101: the packages start none, either (invoke-rc.d(8)).
		if [ ! -e /usr/sbin/policy-rc.d ]; then
			printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" install -m 755 /dev/stdin /usr/sbin/policy-rc.d
			trap '"${sudo[@]}" rm -f /usr/sbin/policy-rc.d' EXIT
		fi
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

if [ "$deploy" = deploy ] && ! { command -v promtool && command -v openssl && have_observers; } >/dev/null; then
	echo "The tests of deploy need openssl, and the Debian packages prometheus ${observers[*]}." >&2
	exit 1
fi

if [ "$web" = web ] && ! { have_node && have_npm && have_chromium; }; then
	echo "The tests of the web client need Node 20.19 or newer, npm and Chromium. Please install them:" >&2
	echo "Chromium and npm from your distribution, Node from there if it is new enough, or from https://nodejs.org" >&2
	exit 1
fi
