#!/usr/bin/env bash
# Backs up the PostgreSQL database of Lair Chat, also while it is used:
#   scripts/backup.sh URL FILE
# RUN goes before pg_dump and pg_restore, such as "docker compose exec -T postgres".
# docs/operations.md says more. The file is not replaced if it is there, and is whole
# when it appears.
set -euo pipefail

if [[ $# -ne 2 ]]; then
	echo "usage: backup.sh URL FILE" >&2
	exit 2
fi
url=$1 file=$2
read -ra run <<<"${RUN:-}"

if [[ -e $file ]]; then
	echo "backup.sh: $file is there already, name another file" >&2
	exit 1
fi
umask 077
part=$(mktemp "$file.XXXXXX")
trap 'rm -f "$part"' EXIT

# One snapshot of all tables: no message without its event.
"${run[@]}" pg_dump --format=custom --no-owner --no-privileges --dbname="$url" >"$part"
# Read it whole, as a restore does.
if ! "${run[@]}" pg_restore --file=- <"$part" | grep '^CREATE TABLE .*\.journal_epoch ' >/dev/null; then
	echo "backup.sh: this is no database of this release of Lair Chat" >&2
	exit 1
fi
sync "$part"
ln "$part" "$file" # unlike mv it never replaces a file
sync "$(dirname "$file")"
echo "$file is a whole backup; the secrets are not in it"
