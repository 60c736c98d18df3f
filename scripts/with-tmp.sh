#!/usr/bin/env bash
# Runs a command with a temporary folder of its own and removes the folder
# afterwards, also when the command is interrupted. The folder can be entered by
# the ordinary users under whom test servers run.
set -euo pipefail
TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/lair-test.XXXXXX")
export TMPDIR
chmod 755 "$TMPDIR"
trap 'rm -rf "$TMPDIR"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
"$@"
