#!/bin/sh
# Makes the flag `accept-writes`, on for all in production. `stop` kills it: the service is read-only. `go` restores it.
#
#   DIMMER_URL=http://127.0.0.1:4400 DIMMER_ADMIN_TOKEN=adm_… sh examples/read-only-mode/setup.sh [stop|go]
set -eu
: "${DIMMER_URL:?the address of the server}" "${DIMMER_ADMIN_TOKEN:?the admin token that the first start printed}"

call() { # method path body
  curl --silent --show-error --fail-with-body --request "$1" "$DIMMER_URL/api/v1/projects/default$2" \
    --header "Authorization: Bearer $DIMMER_ADMIN_TOKEN" --header 'Content-Type: application/json' --data "$3"
  echo
}
in_production=/flags/accept-writes/environments/production

case "${1:-make}" in
  make)
    call POST /flags '{ "key": "accept-writes", "name": "Accept writes", "type": "boolean", "purpose": "ops" }'
    call POST $in_production/toggle '{ "on": true }'
    ;;
  stop) call POST $in_production/kill '{ "reason": "The database is being moved" }' ;;
  go) call POST $in_production/restore '{}' ;;
  *)
    echo "usage: setup.sh [stop|go]" >&2
    exit 2
    ;;
esac
