import type { Welcome } from './first-start.ts';

/**
 * What a new server prints once: the tokens, and what to do next, as lines that work when pasted.
 *
 * @param url where the server listens
 */
export function welcomeText(welcome: Welcome, url: string): string {
  const { adminToken, environments, setUpLink } = welcome;
  // A server of before there were people: its tokens have been shown long ago.
  if (adminToken === null && environments.length === 0 && setUpLink !== null) {
    return `\nOpen this in a browser to become the first administrator of the dashboard (it works once):\n\n  ${setUpLink}\n\n`;
  }
  const sections = [
    ['', 'Dimmer is running for the first time. What follows is shown once: keep it.'],
    ...(setUpLink === null
      ? []
      : [['Open this in a browser to become its first administrator:', '', `  ${setUpLink}`]]),
    [`  admin token  ${adminToken ?? '(the one in DIMMER_ADMIN_TOKEN)'}`],
    ...environments.map(({ environment, serverKey, browserKey }) => [
      `  ${environment}`,
      `    server key   ${serverKey}`,
      `    browser key  ${browserKey}`,
    ]),
    nextSteps(welcome, url),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function nextSteps({ adminToken, project, environments }: Welcome, url: string): string[] {
  const production = environments.find(({ environment }) => environment === 'production');
  if (production === undefined) return [`The admin API is at ${url}/api/v1, described at ${url}/openapi.json.`];
  const flags = `$DIMMER_URL/api/v1/projects/${project}/flags`;
  const targeting = `${flags}/new-checkout/environments/production`;
  return [
    'What to do next, in other terminals. Paste these into each of them first:',
    '',
    `  export DIMMER_URL=${url}`,
    // A token from the settings is known already; it is not repeated here.
    `  export DIMMER_ADMIN_TOKEN=${adminToken ?? '…'}`,
    `  export DIMMER_KEY=${production.serverKey}`,
    '',
    'See every change arrive:',
    '',
    `  curl -N "$DIMMER_URL/sdk/v1/stream" -H "Authorization: Bearer $DIMMER_KEY"`,
    '',
    'Create a flag, turn it on for 10 %, kill it, and restore it:',
    '',
    `  ${post(flags, { key: 'new-checkout', type: 'boolean' })}`,
    `  ${post(`${targeting}/rollout`, { variation: 'on', percent: 10 })}`,
    `  ${post(`${targeting}/kill`, { reason: 'payments fail' })}`,
    `  ${post(`${targeting}/restore`, { reason: 'payments work again' })}`,
    '',
    'The admin API is described at /openapi.json.',
  ];
}

function post(url: string, body: object): string {
  return `curl -sS -w '\\n' "${url}" -H "Authorization: Bearer $DIMMER_ADMIN_TOKEN" -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
}
