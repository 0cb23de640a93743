#!/bin/sh
# Writes .env from .env.example, once, with secrets that nobody else has. What is there already is left alone.
set -eu
cd "$(dirname "$0")/.."
if [ -e .env ]; then
  echo ".env is there already, and is left as it is." >&2
  exit 1
fi
umask 077
# As openssl rand -hex 24, of what every Unix has.
secret() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
sed -e "s|^DIMMER_AUTH_SECRET=\$|DIMMER_AUTH_SECRET=$(secret)|" \
  -e "s|^POSTGRES_PASSWORD=\$|POSTGRES_PASSWORD=$(secret)|" \
  -e "s|^DIMMER_ADMIN_TOKEN=\$|DIMMER_ADMIN_TOKEN=$(secret)|" .env.example >.env
echo ".env is made. Now: docker compose up"
