#!/usr/bin/env bash
# `npm start` as a newcomer runs it, on a free port and an empty folder: it comes up, says what to do next, answers,
# shows the dashboard, and goes away when it is told to.
set -u
cd "$(dirname "$0")/.." || exit 1
folder=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null; rm -rf "$folder"' EXIT
PORT=0 DATABASE_URL="file:$folder/dimmer.db" DIMMER_DRAIN_MS=100 npm start >"$folder/out" 2>&1 &
pid=$!
for _ in $(seq 1 300); do
  url=$(grep -oE 'http://[0-9a-z.:-]+' "$folder/out" 2>/dev/null | head -n 1)
  [ -n "${url:-}" ] && curl -fsS "$url/health/ready" >/dev/null 2>&1 && break
  kill -0 "$pid" 2>/dev/null || break
  sleep 0.1
done
cat "$folder/out"
curl -fsS "$url/health/ready" || exit 1
echo
# the dashboard is there: its page, and the script that the page names
page=$(curl -fsS -H 'Accept: text/html' "$url/") || exit 1
script=$(grep -oE '/assets/[A-Za-z0-9._-]+\.js' <<<"$page" | head -n 1)
curl -fsS -o /dev/null "$url${script:-/there-is-none}" || { echo "there is no dashboard"; exit 1; }
kill -TERM "$pid"
wait "$pid"
code=$?
# npm reports a child that ended by SIGTERM as 143
[ "$code" -eq 0 ] || [ "$code" -eq 143 ] || { echo "ended with $code"; exit 1; }
