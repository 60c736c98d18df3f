#!/usr/bin/env bash
# Holds the dashboards against the types that Grafana publishes. Types know only
# what is written in a program, so each file is put into one first.
set -euo pipefail
cd "$(dirname "$0")"
[ -d node_modules ] || npm ci --ignore-scripts --no-audit --no-fund --silent
rm -rf out && mkdir out && trap 'rm -rf out' EXIT
for file in ../dashboards/*.json; do
	{
		echo "import type { Board } from '../board';"
		echo "export default $(cat "$file") satisfies Board;"
	} >"out/$(basename "$file" .json).ts"
done
npx --no-install tsc -p .
echo "$(ls out | wc -l) dashboards are what Grafana's types say"
