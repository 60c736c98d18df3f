#!/usr/bin/env bash
# Brings a backup of backup.sh back into an empty PostgreSQL database, which nobody
# uses until it is done:
#   scripts/restore.sh URL FILE
# RUN goes before psql and pg_restore, such as "docker compose exec -T postgres", and
# LAIR is the program, such as "docker compose run --rm migrate"; otherwise lair is
# run with LAIR_DATABASE_URL. docs/operations.md says more.
set -euo pipefail

if [[ $# -ne 2 ]]; then
	echo "usage: restore.sh URL FILE" >&2
	exit 2
fi
url=$1 file=$2
read -ra run <<<"${RUN:-}"
read -ra lair <<<"${LAIR:-env LAIR_DATABASE_URL=$url lair}"

tables=$("${run[@]}" psql --no-psqlrc --tuples-only --no-align --dbname="$url" \
	--command="SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')" </dev/null)
if [[ $tables != 0 ]]; then
	echo "restore.sh: the database has $tables tables, name an empty one" >&2
	exit 1
fi
"${run[@]}" pg_restore --single-transaction --exit-on-error --no-owner --no-privileges --dbname="$url" <"$file"
# Clients may have seen more than the backup has: they are to begin anew.
if ! "${lair[@]}" restored; then
	echo "restore.sh: the data is there, but nobody may use it before \"lair restored\" has succeeded" >&2
	exit 1
fi
