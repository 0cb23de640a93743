#!/bin/sh
# Makes the segment `testers` and the flag `new-search`, which is on in production for that segment and nobody else.
#
#   DIMMER_URL=http://127.0.0.1:4400 DIMMER_ADMIN_TOKEN=adm_… sh examples/testers-in-production/setup.sh
set -eu
: "${DIMMER_URL:?the address of the server}" "${DIMMER_ADMIN_TOKEN:?the admin token that the first start printed}"

call() { # method path body
  curl --silent --show-error --fail-with-body --request "$1" "$DIMMER_URL/api/v1/projects/default$2" \
    --header "Authorization: Bearer $DIMMER_ADMIN_TOKEN" --header 'Content-Type: application/json' --data "$3"
  echo
}

# Grace by her key, everybody of the company by their address.
call POST /segments '{
  "key": "testers", "name": "Testers",
  "included": ["grace"],
  "rules": [{ "when": [{ "attribute": "email", "operator": "endsWith", "values": ["@example.com"] }] }]
}'
call POST /flags '{ "key": "new-search", "name": "New search", "type": "boolean" }'
call POST /flags/new-search/environments/production/rules '{
  "rule": {
    "description": "Testers in production",
    "when": [{ "operator": "inSegment", "values": ["testers"] }],
    "serve": { "variation": "on" }
  }
}'
# On, and for 0 % of everybody else.
call POST /flags/new-search/environments/production/rollout '{ "percent": 0 }'
