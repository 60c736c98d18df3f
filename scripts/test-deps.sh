#!/usr/bin/env bash
# Sees to it that the programs of PostgreSQL (15 or newer) and Redis (7 or
# newer) are there, and installs the Debian packages where it may.
set -euo pipefail

have_postgres() { command -v initdb >/dev/null && command -v postgres >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
have_redis() { command -v redis-server >/dev/null; }

missing=()
have_postgres || missing+=(postgresql)
have_redis || missing+=(redis-server)
[ ${#missing[@]} -eq 0 ] && exit 0

if command -v apt-get >/dev/null; then
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
	fi
fi

if ! have_postgres || ! have_redis; then
	echo "The tests need the server programs of PostgreSQL and Redis. Please install: ${missing[*]}" >&2
	echo "On Debian or Ubuntu: sudo apt-get install ${missing[*]}" >&2
	exit 1
fi
