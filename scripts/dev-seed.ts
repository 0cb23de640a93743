/** `npm run dev:seed`: fills the server of `npm run dev` with what the tests of the dashboard look at. */
import { type FurnishedServer, furnish } from '../test/dashboard/furnish.ts';
import { DEVELOPMENT_URL, developmentToken } from './development.ts';

const api = `${DEVELOPMENT_URL}/api/v1`;
const headers = { authorization: `Bearer ${developmentToken()}`, 'content-type': 'application/json' };

async function call<Answer>(method: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(api + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer as Answer;
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

await fetch(`${DEVELOPMENT_URL}/health/ready`)
  .then(({ ok }) => ok || Promise.reject(new Error('It is not ready.')))
  .catch(() => fail(`There is no server at ${DEVELOPMENT_URL}. Start it first, in another terminal: npm run dev`));
const { items } = await call<{ items: readonly unknown[] }>('GET', '/projects/default/flags');
if (items.length > 0)
  fail('There are flags already. To begin anew: stop npm run dev, delete data/development.db, start it again.');

const { token } = await call<{ token: string }>('POST', '/projects/default/environments/production/keys', {
  name: 'seed',
  kind: 'server',
});
const server: FurnishedServer = { url: DEVELOPMENT_URL, call, keysOf: () => ({ server: token }) };
await furnish(server, 40);
process.stdout.write(`Done. Look at ${DEVELOPMENT_URL}\n`);
