#!/bin/bash
# What the official image does of which docker-compose.yml makes use.
set -e
if [ "$(id -u)" = 0 ]; then
	mkdir -p "$PGDATA" /var/run/postgresql
	chown -R postgres "$PGDATA" /var/run/postgresql
	exec gosu postgres "$0" "$@"
fi
[ -z "$POSTGRES_PASSWORD_FILE" ] || POSTGRES_PASSWORD=$(<"$POSTGRES_PASSWORD_FILE")
if [ ! -s "$PGDATA/PG_VERSION" ]; then
	initdb -U "$POSTGRES_USER" --pwfile=<(echo "$POSTGRES_PASSWORD") --auth-host=scram-sha-256 --auth-local=trust -E UTF8 >/dev/null
	echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
	pg_ctl -w -o "-c listen_addresses=''" start >/dev/null
	[ "$POSTGRES_DB" = postgres ] || createdb -U "$POSTGRES_USER" "$POSTGRES_DB"
	pg_ctl -m fast -w stop >/dev/null
fi
exec "$@" -c "listen_addresses=*"
