#!/usr/bin/env bash
# `npm run dev` as a contributor runs it, on a free port and a database of its own: the dashboard's sources and the server
# answer at one address, `npm run dev:seed` fills it, and a change of the server's sources starts it anew.
set -u
cd "$(dirname "$0")/.." || exit 1
folder=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null; rm -rf "$folder"' EXIT
PORT=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
DATABASE_URL="file:$folder/dimmer.db" DIMMER_ADMIN_TOKEN=$(node -e 'console.log(crypto.randomUUID())')
export PORT DATABASE_URL DIMMER_ADMIN_TOKEN
url="http://localhost:$PORT"
npm run dev >"$folder/out" 2>&1 &
pid=$!

fail() {
  cat "$folder/out"
  echo "$1"
  exit 1
}
listens() { grep -c 'Listening url=' "$folder/out"; }
# until COMMAND…: up to two minutes, as long as it runs
until_holds() {
  for _ in $(seq 1 600); do
    "$@" >/dev/null 2>&1 && return
    kill -0 "$pid" 2>/dev/null || fail "npm run dev has ended"
    sleep 0.2
  done
  fail "does not hold: $*"
}
has_started() { [ "$(listens)" -ge "$1" ] && curl -fsS "$url/health/ready"; }

until_holds has_started 1
curl -fsS -H 'Accept: text/html' "$url/" | grep -q '/@vite/client' || fail "the page does not follow its sources"
curl -fsS "$url/src/main.tsx" | grep -q 'import' || fail "the dashboard's sources are not served"
npm run dev:seed >"$folder/seed" 2>&1 || { cat "$folder/seed"; fail "npm run dev:seed has failed"; }
curl -fsS -H "Authorization: Bearer $DIMMER_ADMIN_TOKEN" "$url/api/v1/projects/default/flags" | grep -q '"key"' || fail "there are no flags"
touch server/src/main.ts
until_holds has_started 2
kill -TERM "$pid"
wait "$pid"
code=$?
[ "$code" -eq 0 ] || [ "$code" -eq 143 ] || fail "ended with $code"
echo "npm run dev: page, server, seed and restart"
