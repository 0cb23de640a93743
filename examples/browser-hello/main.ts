/**
 * Hello from a browser: the page decides by itself, and changes while one looks at it.
 *
 *   DIMMER_URL=http://127.0.0.1:4400 DIMMER_KEY=web_… npx tsx examples/browser-hello/serve.ts
 *
 * then open what it prints, with `?user=ada`. The flag is a boolean named `greeting`, marked for browsers.
 * The key is a browser key: public, so it may stand in a page.
 */
import { createClient } from '@dimmer/browser';

declare const DIMMER_URL: string;
declare const DIMMER_KEY: string;

const flags = createClient({ url: DIMMER_URL, key: DIMMER_KEY, application: 'browser-hello' });
const user = { targetingKey: new URLSearchParams(location.search).get('user') ?? 'ada' };

function greet(): void {
  const words = flags.isEnabled('greeting', user) ? 'Hello in new light' : 'Hello';
  document.querySelector('#greeting')?.replaceChildren(`${words}, ${user.targetingKey}.`);
  document.querySelector('#revision')?.replaceChildren(flags.status().id || 'no revision yet');
}

await flags.ready();
greet();
flags.on('change', greet);
